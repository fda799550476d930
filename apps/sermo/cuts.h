// The cuts that `evaluate` makes: which rows are learnt from and which tested, and what leaks
// between them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "console.h"
#include "sermo/base/result.h"
#include "sermo/eval/cross_corpus.h"
#include "sermo/eval/folds.h"
#include "sermo/eval/leaks.h"
#include "sermo/eval/report.h"

namespace sermo::app {

// One cut of some rows, ready to be evaluated.
struct Cut {
  eval::FoldPlan plan;
  eval::LeakReport leaks;
  const eval::ReportedClips* clips = nullptr;
  const eval::JoinedCorpora* corpora = nullptr;  // null within one corpus
};

// Folds by name (original, random, emobox, loso) or from a file F.json. kUsage for another name.
Result<eval::FoldPlan> make_plan(const std::string& name, const eval::FoldRows& rows,
                                 uint32_t seed);

// One corpus cut as `name` says, its copies kept on one side where the cut pays no regard to
// speakers, its leaks found and told. kMismatch for an exact copy on both sides, unless allowed.
Result<Cut> cut_within(const std::string& name, const eval::LabelledExamples& rows,
                       const eval::ReportedClips& clips, std::span<const eval::CopyPair> copies,
                       uint32_t seed, bool by_sound, bool allow_leaks, const Console& console);

// From one corpus to another, which `corpora` joins. kMismatch as above.
Result<Cut> cut_across(const eval::JoinedCorpora& corpora, bool allow_leaks,
                       const Console& console);

}  // namespace sermo::app
