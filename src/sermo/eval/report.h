// R.json: everything that an evaluation found, with every out-of-fold prediction, so that any
// figure can be computed again by others.
//
//   {"format":1, "sermo_version", "created", "data":{"name","clips","speakers","labels",
//    "tables":[{"schema_id","fingerprint"}]}, "settings":{...}, "evaluations":[
//     {"protocol":"emobox", "mode":"speaker unknown", "speakers_apart":true,
//      "leaks":{"checked_by":"sound" or
//      "features","same_speakers","same_sentences","kept_together",
//       "copies":[{"tested","learnt","fold","exact","likeness"}]},
//       "folds":[{"name","train","test"}], "clips":[{"path","label","speaker","fold"}],
//      "wall_seconds", "models":[{"name","title","schema_id","hyperparameters","scores":{...},
//        "probabilities":[[K] a clip], "uncertain":[0 or 1 a clip],
//        "stress" or, of another corpus, "target": other conditions, of stress_report.h}],
//      "comparisons":[{"first","second","difference","interval","p_value"}],
//      "enrolled": where it was measured, of enrolment.h}]}
// Thread rule: plain values, pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sermo/data/table.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/enrolment.h"
#include "sermo/eval/folds.h"
#include "sermo/eval/honest.h"
#include "sermo/eval/leaks.h"
#include "sermo/eval/scores.h"

namespace sermo::eval {

inline constexpr int kReportFormat = 1;

// What stands on both sides of a plan's cuts.
struct LeakReport {
  bool by_sound = false;           // whether copies were looked for in the recordings themselves
  std::vector<Leak> copies;        // across a cut
  size_t num_kept_together = 0;    // exact copies that would have been across one
  size_t num_shared_speakers = 0;  // known speakers that some fold has in both parts
  size_t num_shared_sentences = 0;
};

// One cut of the data and what every model answered.
struct Evaluation {
  FoldPlan plan;
  CrossEvaluation answers;
  LeakReport leaks;
  double wall_seconds = 0.0;
  bool is_other_corpus = false;  // the conditions are those of target_conditions.h
  std::optional<EnrolmentFindings> enrolment;  // with enrolled speakers: other figures, told apart
};

// What the report says of each clip beside its prediction; [N] labelled rows each.
struct ReportedClips {
  std::vector<std::string> labels;  // [K] names of the classes
  std::vector<std::string> paths;
  std::vector<int> speakers;
  std::vector<Grouping> groupings;
};

// Groupings by what RAVDESS file names say (sex, intensity, sentence), where they say it.
ReportedClips reported_clips(const data::Table& table, const data::LabelledRows& labelled);

// Copies across the plan's cuts, and its speakers and sentences on both sides. `num_kept_together`
// is left to the caller.
LeakReport find_leaks(const FoldPlan& plan, std::span<const CopyPair> copies,
                      const ReportedClips& clips);

// The part of "evaluations". `seed` draws speakers for intervals.
nlohmann::ordered_json to_json(const Evaluation& evaluation, const ReportedClips& clips,
                               uint32_t seed);

// The clips of an evaluation under one of its schemas.
struct ReportedTable {
  std::string schema_id;
  std::string fingerprint;
};

// What honest.json may say of these models on these tables: one figure a model, its calibration
// fitted on all its out-of-fold predictions. Nothing where a speaker is on both sides or a copy
// stands across a cut.
std::vector<HonestFigure> honest_figures(const Evaluation& evaluation, const ReportedClips& clips,
                                         std::span<const ReportedTable> tables, uint32_t seed);

// The whole file around them.
nlohmann::ordered_json report_json(std::span<const ReportedTable> tables,
                                   const ReportedClips& clips, std::string_view data_name,
                                   std::string_view created, nlohmann::ordered_json settings,
                                   nlohmann::ordered_json evaluations);

}  // namespace sermo::eval
