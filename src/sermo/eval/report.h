// R.json: everything that an evaluation found, with every out-of-fold prediction, so that any
// figure can be computed again by others.
//
//   {"format":1, "sermo_version", "created", "data":{"name","clips","speakers","fingerprint",
//    "schema_id","labels"}, "settings":{...}, "evaluations":[
//     {"protocol":"emobox", "mode":"speaker unknown", "speakers_apart":true, "same_speakers":0,
//      "folds":[{"name","train","test"}], "clips":[{"path","label","speaker","fold"}],
//      "wall_seconds", "models":[{"name","title","hyperparameters","scores":{...},
//        "probabilities":[[K] a clip], "uncertain":[0 or 1 a clip]}],
//      "comparisons":[{"first","second","difference","interval","p_value"}]}]}
// Thread rule: plain values, pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sermo/data/table.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/folds.h"
#include "sermo/eval/scores.h"

namespace sermo::eval {

inline constexpr int kReportFormat = 1;

// Whose voices the models may know.
enum class SpeakerMode {
  kUnknown,   // nothing of a tested speaker but the clip itself
  kEnrolled,  // each speaker's own unlabelled clips standardise their features
};

std::string_view name_of(SpeakerMode mode);

// One cut of the data and what every model answered.
struct Evaluation {
  FoldPlan plan;
  SpeakerMode mode = SpeakerMode::kUnknown;
  CrossEvaluation answers;
  size_t num_shared_speakers = 0;  // known speakers that some fold has in both parts
  double wall_seconds = 0.0;
};

// Known speakers that are in both parts of some fold.
size_t num_shared_speakers(const FoldPlan& plan, std::span<const int> speakers);

// What the report says of each clip beside its prediction; [N] labelled rows each.
struct ReportedClips {
  std::vector<std::string> labels;  // [K] names of the classes
  std::vector<std::string> paths;
  std::vector<int> speakers;
  std::vector<Grouping> groupings;
};

// Groupings by what RAVDESS file names say (sex, intensity, sentence), where they say it.
ReportedClips reported_clips(const data::Table& table, const data::LabelledRows& labelled);

// The part of "evaluations". `seed` draws speakers for intervals.
nlohmann::ordered_json to_json(const Evaluation& evaluation, const ReportedClips& clips,
                               uint32_t seed);

// The whole file around them.
nlohmann::ordered_json report_json(const data::Table& table, const ReportedClips& clips,
                                   std::string_view data_name, std::string_view created,
                                   nlohmann::ordered_json settings,
                                   nlohmann::ordered_json evaluations);

}  // namespace sermo::eval
