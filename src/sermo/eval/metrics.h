// How good a set of predictions is: one pass of counting, then the usual scores.
//
// Definitions follow scikit-learn: accuracy_score, recall_score(average="macro") over the classes
// present in the truth (the unweighted average recall, UAR, of the speech emotion literature),
// f1_score(average="macro") over the classes present in truth or predictions, confusion_matrix,
// log_loss, brier_score_loss(scale_by_half=False). Thread rule: a ConfusionMatrix belongs to one
// thread while it is added to; functions are pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"

namespace sermo::eval {

// Counts of (true class, predicted class).
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(size_t num_classes)
      : num_classes_(num_classes), counts_(num_classes * num_classes) {}

  void add(size_t truth, size_t predicted);

  size_t num_classes() const { return num_classes_; }
  size_t count(size_t truth, size_t predicted) const {
    return counts_[truth * num_classes_ + predicted];
  }
  size_t total() const;

  // All are 0 for an empty matrix.
  double accuracy() const;
  double unweighted_average_recall() const;
  double macro_f1() const;

  // Of one class; 0 where the denominator is.
  double precision(size_t k) const;
  double recall(size_t k) const;
  double f1(size_t k) const;

  size_t num_true(size_t k) const;
  size_t num_predicted(size_t k) const;

 private:
  size_t num_classes_;
  std::vector<size_t> counts_;
};

// Counts each row's most probable class (ties to the lower index) against `truth`.
ConfusionMatrix confusion_of(MatrixView probabilities, std::span<const int> truth);

// Mean negative log of the true class's probability, in nats; probabilities are floored at 1e-15.
double log_loss(MatrixView probabilities, std::span<const int> truth);

// Mean over clips of the squared distance between the probabilities and the truth, summed over the
// classes: 0 (sure and right) to 2 (sure and wrong) (Brier 1950).
double brier_score(MatrixView probabilities, std::span<const int> truth);

// Expected calibration error (Guo et al. 2017, eq. 5): the mean over clips of |accuracy -
// confidence| in equally wide bins of confidence, (0, 1/num_bins], ..., as a fraction of 1.
double expected_calibration_error(MatrixView probabilities, std::span<const int> truth,
                                  size_t num_bins = 15);

// One bin of a reliability diagram: the clips whose confidence lies in (low, high].
struct ReliabilityBin {
  double low = 0.0;
  double high = 0.0;
  size_t num_clips = 0;
  double confidence = 0.0;  // their mean; 0 in an empty bin
  double accuracy = 0.0;    // the share of them that is right; 0 in an empty bin
};

// The bins that expected_calibration_error compares, in order of confidence.
std::vector<ReliabilityBin> reliability_bins(MatrixView probabilities, std::span<const int> truth,
                                             size_t num_bins = 15);

}  // namespace sermo::eval
