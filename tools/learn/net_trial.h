// One fit of a net as Sermo's honest protocol makes it, and what it scores on rows held out.
#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "labelled_table.h"
#include "sermo/eval/metrics.h"
#include "sermo/learn/learner.h"

namespace sermo::tools {

struct NetTrial {
  std::vector<size_t> rows;      // to learn from
  std::vector<size_t> held_out;  // to be scored on
  uint32_t seed = 0;
  bool stops_on_held_out = false;  // the original project's protocol; else on a tenth of `rows`
};

struct NetTrialResult {
  Matrix probabilities;  // of the rows held out
  std::vector<int> truth;
  std::vector<nlohmann::json> log;  // one line an epoch
  int kept_epoch = 0;
  double fit_seconds = 0.0;
  std::shared_ptr<const model::Classifier> classifier;

  double accuracy() const { return eval::confusion_of(probabilities, truth).accuracy(); }
};

inline Result<NetTrialResult> run(const learn::Learner& learner, const LabelledTable& table,
                                  const NetTrial& trial) {
  const LabelledTable held_out = rows_of(table, trial.held_out);
  LabelledTable train = rows_of(table, trial.rows);
  LabelledTable stop = held_out;
  if (!trial.stops_on_held_out) {
    SERMO_TRY(const data::Split split, data::stratified_split(train.labels, 0.1, trial.seed));
    stop = rows_of(train, split.test);
    train = rows_of(train, split.train);
  }
  NetTrialResult result;
  result.truth = held_out.labels;
  learn::FitRequest request = request_for(train, trial.seed);
  request.validation = {stop.features, stop.labels, {}};
  request.log = [&](const nlohmann::json& line) {
    result.log.push_back(line);
    if (line["best"]) result.kept_epoch = line["epoch"];
  };
  const auto begin = std::chrono::steady_clock::now();
  SERMO_TRY(result.classifier, learner.fit(request));
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  result.fit_seconds = elapsed.count();
  result.classifier->predict_proba(held_out.features, result.probabilities);
  return result;
}

inline double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace sermo::tools
