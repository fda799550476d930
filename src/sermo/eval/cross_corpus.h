// Learn from one corpus, test on another: labels mapped, everything fitted on the first alone.
//
// The models answer with the labels that they learnt. Where the other corpus has a label of the
// same name, that is it; calm counts as neutral where the other corpus has no calm; what remains on
// either side is not shared. Clips with a label that is not shared are left out and counted. Scores
// are of answers among the shared labels (the others' probability is shared out among them); the
// score without this help is given too. Thread rule: plain values, pure functions.
#pragma once

#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/data/table.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/report.h"

namespace sermo::eval {

struct LabelMapping {
  std::vector<std::string> shared;            // alphabetical
  std::vector<std::string> learnt_to_shared;  // one a learnt label; empty where not shared
  std::vector<std::string> not_in_test;       // learnt labels without a counterpart
  std::vector<std::string> not_learnt;        // labels of the test corpus without one
};

// kMismatch where fewer than two labels are shared.
Result<LabelMapping> map_labels(const std::vector<std::string>& learnt,
                                const std::vector<std::string>& tested);

// Both corpora as one set of rows with one fold: learn from the first, test on the second.
struct JoinedCorpora {
  LabelledExamples rows;  // labels are those learnt; of tested rows, one that maps to the right one
  FoldPlan plan;          // speakers are apart: those of the second corpus are renumbered
  ReportedClips clips;    // labels are the shared ones
  LabelMapping mapping;
  std::vector<size_t> tested_rows;  // where each tested row stands in the second table
  size_t num_left_out = 0;  // labelled clips of the second corpus whose label is not shared
};

// kMismatch for another schema or too few shared labels.
Result<JoinedCorpora> join_corpora(const data::Table& learnt, const data::LabelledRows& learnt_rows,
                                   const data::Table& tested, std::string tested_name);

// The answers in terms of the shared labels, those in other conditions too.
CrossEvaluation among_shared_labels(const CrossEvaluation& answers, const JoinedCorpora& corpora);

// UAR of one model when an answer that is not shared is wrong.
double uar_without_help(const OutOfFoldModel& model, const CrossEvaluation& answers,
                        const JoinedCorpora& corpora);

nlohmann::ordered_json to_json(const LabelMapping& mapping,
                               const std::vector<std::string>& learnt_labels);

}  // namespace sermo::eval
