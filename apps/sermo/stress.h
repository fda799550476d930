// `evaluate --stress`: every clip also in fixed conditions, and what the answers are worth there.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "console.h"
#include "corpus.h"
#include "sermo/base/result.h"
#include "sermo/eval/cross_evaluation.h"

namespace sermo::app {

// The clips at `paths`, which a build of `corpus` gave, in each condition: noise, bands, a room, a
// low level, and, where the corpus names other talkers, babble; a list a schema. The errors of
// building; that of a clip that a condition leaves without features.
Result<std::vector<std::vector<eval::TestCondition>>> stress_conditions(
    const CorpusOptions& corpus, std::span<const std::string> schemas,
    std::span<const std::string> paths, Console& console);

}  // namespace sermo::app
