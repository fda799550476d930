// honest.json: what each learner is worth on speakers that it never heard, and how it must be
// calibrated to be believed by them.
//
// Measuring takes many fits and is done by `evaluate`; `train` looks its models up here. A figure
// holds for one learner with its hyper-parameters, one schema and one table, all known by
// fingerprints; where one of them differs there is no figure. Thread rule: plain values, pure
// functions but for the file system.
//
//   {"format":1, "figures":[{"model","fingerprint","schema_id","data_fingerprint","folds","clips",
//     "speakers","uar","uar_interval","accuracy","ece","temperature","smoothing",
//     "uncertain_below","enrolled":[...] of enrolment.h, where it was measured}]}
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sermo/base/result.h"
#include "sermo/eval/enrolment_figures.h"
#include "sermo/eval/resampling.h"
#include "sermo/learn/learner.h"
#include "sermo/learn/votes.h"
#include "sermo/model/calibrator.h"

namespace sermo::eval {

inline constexpr int kHonestFormat = 1;
inline constexpr std::string_view kHonestFile = "honest.json";

struct HonestFigure {
  std::string model;        // "svm"
  std::string fingerprint;  // learner_fingerprint or vote_fingerprint
  std::string schema_id;
  std::string data_fingerprint;
  std::string folds;  // "emobox": a plan that keeps speakers apart
  size_t num_clips = 0;
  size_t num_speakers = 0;
  double uar = 0.0;
  std::optional<Interval> uar_interval;
  double accuracy = 0.0;
  double ece = 0.0;                       // calibrated inside the folds
  model::Calibrator calibrator;           // fitted on all out-of-fold predictions
  std::optional<double> uncertain_below;  // likewise; nothing: every answer is uncertain
  std::vector<EnrolmentCurve> enrolled;   // what enrolment adds; empty: not measured
};

// 32 hexadecimal digits that change with the name, any hyper-parameter, the class weight and the
// limit on epochs.
std::string learner_fingerprint(const learn::Learner& learner, learn::ClassWeight class_weight,
                                int max_epochs);
// And of a vote with any of its members', given in the order of the definition.
std::string vote_fingerprint(const learn::VoteDefinition& vote,
                             std::span<const std::string> members);

// The figure of this model on this table; null where there is none.
const HonestFigure* find_figure(std::span<const HonestFigure> figures, std::string_view fingerprint,
                                std::string_view schema_id, std::string_view data_fingerprint);

// `newer` take the place of those that they repeat, whose gain from enrolment they keep where they
// have not measured it; the others stay.
std::vector<HonestFigure> merged(std::vector<HonestFigure> figures,
                                 std::span<const HonestFigure> newer);

nlohmann::ordered_json to_json(std::span<const HonestFigure> figures);

// kNotFound where there is no such file, kCorrupt for another form or impossible values,
// kUnsupported for another format.
Result<std::vector<HonestFigure>> parse_figures(std::string_view text);
Result<std::vector<HonestFigure>> read_figures(const std::filesystem::path& file);
Result<void> write_figures(const std::filesystem::path& file,
                           std::span<const HonestFigure> figures);

}  // namespace sermo::eval
