// What a model's answers are worth where the tested recordings are asked for otherwise too: made
// worse than they were ("stress"), or, of another corpus, moved towards what was learnt ("target",
// target_conditions.h).
//
//   "stress":[{"condition":"clean"}, ...] or "target":[{"condition":"as it is"}, ...], one object a
//     condition: {"condition","clips","uar","uar_interval","accuracy","ece","uncertain" (share of
//     answers),"not_uncertain_accuracy","probabilities" and "uncertain_clips" as in the report, but
//     for the first, where these are the model's own}
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "sermo/eval/cross_evaluation.h"

namespace sermo::eval {

inline constexpr const char* kStressKey = "stress";
inline constexpr const char* kTargetKey = "target";

// The recordings as they are first, called `unchanged`. `speakers` are those of the tested rows, `labels` the names of
// the classes; `seed` draws speakers for intervals.
nlohmann::ordered_json conditions_json(const OutOfFoldModel& model, const CrossEvaluation& answers,
                                       const std::string& unchanged, std::span<const int> speakers,
                                       std::span<const std::string> labels, uint32_t seed);

// Six digits of each number, row by row.
nlohmann::ordered_json rounded_rows(const Matrix& probabilities);

// Tables of conditions and models from the part of a report that is one evaluation; empty where it
// has none.
std::string conditions_html(const nlohmann::ordered_json& evaluation);

}  // namespace sermo::eval
