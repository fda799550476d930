// Copies among the clips that a verb works on, found and told.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "console.h"
#include "corpus.h"
#include "sermo/eval/leaks.h"
#include "sermo/eval/report.h"

namespace sermo::app {

// By sound where recordings were named, by features otherwise; rows are those of `features`.
Result<std::vector<eval::CopyPair>> find_copies(const CorpusOptions& corpus,
                                                std::span<const std::string> paths,
                                                MatrixView features, const Console& console);

// Lines that name what stands on both sides of a plan's cuts. An error (kMismatch) for exact copies
// unless they are allowed.
Result<void> tell_leaks(const eval::FoldPlan& plan, const eval::LeakReport& leaks,
                        std::span<const std::string> paths, bool allow_leaks,
                        const Console& console);

}  // namespace sermo::app
