// What `evaluate` prints of one cut: how the clips were cut, then a line a model.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sermo/eval/cross_corpus.h"
#include "sermo/eval/report.h"

namespace sermo::app {

// `evaluation` is eval::to_json of `found`.
std::string heading(const nlohmann::ordered_json& evaluation, const eval::Evaluation& found);

// The models, best UAR first.
std::string score_table(const nlohmann::ordered_json& evaluation);

// The conditions that the models carry under `key` (eval/stress_report.h), a line a condition and
// model, best models first; empty where none was asked for.
std::string condition_table(const nlohmann::ordered_json& evaluation, const char* key,
                            std::string_view heading);

// What enrolment adds to each model, by what the clips are; `enrolled` is that of an evaluation.
std::string enrolment_table(const nlohmann::ordered_json& enrolled);

// Which labels the two corpora share, what was renamed and what left out; `learnt` are the labels
// of the corpus that was learnt from.
std::string mapping_line(const eval::JoinedCorpora& corpora,
                         const std::vector<std::string>& learnt);

}  // namespace sermo::app
