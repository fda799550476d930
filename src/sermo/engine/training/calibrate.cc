#include "sermo/engine/training/calibrate.h"

#include <fmt/format.h>

#include <optional>

#include "sermo/eval/calibration.h"
#include "sermo/eval/metrics.h"

namespace sermo::engine {
namespace {

using nlohmann::json;
using Examples = eval::LabelledExamples;

// What calibrates a model, and what is said of it.
struct Calibration {
  model::Calibrator calibrator;
  std::optional<double> threshold;
  json origin;
};

Calibration calibration_for_strangers(const eval::HonestFigure& figure) {
  return {
      figure.calibrator,
      figure.uncertain_below,
      {{"calibrated_on", "unknown speakers"},
       {"calibration_clips", figure.num_clips},
       {"calibration_predictions",
        fmt::format("out of fold, no speaker on both sides ({}, `sermo evaluate`)", figure.folds)},
       {"calibration_accuracy", figure.accuracy}}};
}

Calibration calibration_for_known_speakers(const HeldOut& held_out) {
  Calibration calibration;
  Matrix probabilities = held_out.probabilities;
  calibration.calibrator = eval::fit_calibrator(probabilities, held_out.truth);
  calibration.calibrator.apply(probabilities);
  calibration.threshold = eval::certainty_threshold(probabilities, held_out.truth);
  calibration.origin = {
      {"calibrated_on", "known speakers"},
      {"calibration_clips", held_out.truth.size()},
      {"calibration_predictions", held_out.origin},
      {"calibration_accuracy", eval::confusion_of(probabilities, held_out.truth).accuracy()}};
  return calibration;
}

}  // namespace

json calibrate(std::shared_ptr<const model::Classifier>& classifier, const HeldOut& held_out,
               const eval::HonestFigure* figure, const Examples& test) {
  if (figure == nullptr && held_out.origin.empty()) {
    return {{"method", "none"}, {"calibrated_on", "not measured"}, {"uncertain_below", nullptr}};
  }
  Calibration calibration = figure != nullptr ? calibration_for_strangers(*figure)
                                              : calibration_for_known_speakers(held_out);
  Matrix before;
  classifier->predict_proba(test.features, before);
  classifier = classifier->with_calibrator(calibration.calibrator);
  Matrix after;
  classifier->predict_proba(test.features, after);
  json said = {{"method", "temperature with smoothing"},
               {"temperature", calibration.calibrator.temperature},
               {"smoothing", calibration.calibrator.smoothing},
               {"uncertain_below", nullptr},
               {"ece_before", eval::expected_calibration_error(before, test.labels)},
               {"ece_after", eval::expected_calibration_error(after, test.labels)},
               {"log_loss_before", eval::log_loss(before, test.labels)},
               {"log_loss_after", eval::log_loss(after, test.labels)},
               {"measured_on", "test clips"}};
  said.update(calibration.origin);
  if (calibration.threshold) said["uncertain_below"] = *calibration.threshold;
  if (!held_out.truth.empty()) {
    said["held_out_clips"] = held_out.truth.size();
    said["held_out_accuracy"] =
        eval::confusion_of(held_out.probabilities, held_out.truth).accuracy();
  }
  return said;
}

TestScores test_scores(const model::Classifier& classifier, const Examples& test) {
  Matrix probabilities;
  classifier.predict_proba(test.features, probabilities);
  const eval::ConfusionMatrix confusion = eval::confusion_of(probabilities, test.labels);
  return {confusion.total(), confusion.accuracy(), confusion.unweighted_average_recall(),
          confusion.macro_f1()};
}

}  // namespace sermo::engine
