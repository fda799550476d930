#include "sermo/eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sermo/base/check.h"
#include "sermo/model/classifier.h"

namespace sermo::eval {
namespace {

double ratio(double numerator, double denominator) {
  return denominator == 0.0 ? 0.0 : numerator / denominator;
}

}  // namespace

void ConfusionMatrix::add(size_t truth, size_t predicted) {
  SERMO_CHECK(truth < num_classes_ && predicted < num_classes_, "classes are below num_classes");
  ++counts_[truth * num_classes_ + predicted];
}

size_t ConfusionMatrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), size_t{0});
}

size_t ConfusionMatrix::num_true(size_t k) const {
  size_t sum = 0;
  for (size_t predicted = 0; predicted < num_classes_; ++predicted) sum += count(k, predicted);
  return sum;
}

size_t ConfusionMatrix::num_predicted(size_t k) const {
  size_t sum = 0;
  for (size_t truth = 0; truth < num_classes_; ++truth) sum += count(truth, k);
  return sum;
}

double ConfusionMatrix::precision(size_t k) const {
  return ratio(static_cast<double>(count(k, k)), static_cast<double>(num_predicted(k)));
}

double ConfusionMatrix::recall(size_t k) const {
  return ratio(static_cast<double>(count(k, k)), static_cast<double>(num_true(k)));
}

double ConfusionMatrix::f1(size_t k) const {
  return ratio(2.0 * static_cast<double>(count(k, k)),
               static_cast<double>(num_true(k) + num_predicted(k)));
}

double ConfusionMatrix::accuracy() const {
  size_t num_right = 0;
  for (size_t k = 0; k < num_classes_; ++k) num_right += count(k, k);
  return ratio(static_cast<double>(num_right), static_cast<double>(total()));
}

double ConfusionMatrix::unweighted_average_recall() const {
  double sum = 0.0;
  size_t num_present = 0;
  for (size_t k = 0; k < num_classes_; ++k) {
    if (num_true(k) == 0) continue;
    sum += recall(k);
    ++num_present;
  }
  return ratio(sum, static_cast<double>(num_present));
}

double ConfusionMatrix::macro_f1() const {
  double sum = 0.0;
  size_t num_present = 0;
  for (size_t k = 0; k < num_classes_; ++k) {
    if (num_true(k) + num_predicted(k) == 0) continue;
    sum += f1(k);
    ++num_present;
  }
  return ratio(sum, static_cast<double>(num_present));
}

ConfusionMatrix confusion_of(MatrixView probabilities, std::span<const int> truth) {
  SERMO_CHECK(probabilities.num_rows() == truth.size(), "one true class a row");
  ConfusionMatrix confusion(probabilities.num_cols());
  for (size_t r = 0; r < truth.size(); ++r) {
    confusion.add(static_cast<size_t>(truth[r]), model::argmax(probabilities.row(r)));
  }
  return confusion;
}

double log_loss(MatrixView probabilities, std::span<const int> truth) {
  SERMO_CHECK(probabilities.num_rows() == truth.size(), "one true class a row");
  double sum = 0.0;
  for (size_t r = 0; r < truth.size(); ++r) {
    const double p = probabilities(r, static_cast<size_t>(truth[r]));
    sum -= std::log(std::clamp(p, 1e-15, 1.0));
  }
  return ratio(sum, static_cast<double>(truth.size()));
}

double brier_score(MatrixView probabilities, std::span<const int> truth) {
  SERMO_CHECK(probabilities.num_rows() == truth.size(), "one true class a row");
  double sum = 0.0;
  for (size_t r = 0; r < truth.size(); ++r) {
    for (size_t k = 0; k < probabilities.num_cols(); ++k) {
      const double wanted = static_cast<int>(k) == truth[r] ? 1.0 : 0.0;
      const double distance = probabilities(r, k) - wanted;
      sum += distance * distance;
    }
  }
  return ratio(sum, static_cast<double>(truth.size()));
}

std::vector<ReliabilityBin> reliability_bins(MatrixView probabilities, std::span<const int> truth,
                                             size_t num_bins) {
  SERMO_CHECK(probabilities.num_rows() == truth.size(), "one true class a row");
  SERMO_CHECK(num_bins > 0, "at least one bin");
  const auto width = 1.0 / static_cast<double>(num_bins);
  std::vector<ReliabilityBin> bins(num_bins);
  for (size_t b = 0; b < num_bins; ++b) {
    bins[b].low = static_cast<double>(b) * width;
    bins[b].high = static_cast<double>(b + 1) * width;
  }
  for (size_t r = 0; r < truth.size(); ++r) {
    const size_t predicted = model::argmax(probabilities.row(r));
    const double confidence = probabilities(r, predicted);
    const double position = std::ceil(confidence * static_cast<double>(num_bins)) - 1.0;
    ReliabilityBin& bin =
        bins[static_cast<size_t>(std::clamp(position, 0.0, static_cast<double>(num_bins - 1)))];
    ++bin.num_clips;
    bin.confidence += confidence;
    bin.accuracy += static_cast<size_t>(truth[r]) == predicted ? 1.0 : 0.0;
  }
  for (ReliabilityBin& bin : bins) {
    bin.confidence = ratio(bin.confidence, static_cast<double>(bin.num_clips));
    bin.accuracy = ratio(bin.accuracy, static_cast<double>(bin.num_clips));
  }
  return bins;
}

double expected_calibration_error(MatrixView probabilities, std::span<const int> truth,
                                  size_t num_bins) {
  double sum = 0.0;
  for (const ReliabilityBin& bin : reliability_bins(probabilities, truth, num_bins))
    sum += static_cast<double>(bin.num_clips) * std::abs(bin.accuracy - bin.confidence);
  return ratio(sum, static_cast<double>(truth.size()));
}

}  // namespace sermo::eval
