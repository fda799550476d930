// The folds inside a training part: on which rows calibration, thresholds and vote weights are
// fitted, by copies of a model that had not learnt from them.
//
// They are cut as the outer folds are, so that what is fitted holds for the kind of clip that is
// tested: where the outer folds keep speakers apart, the inner ones do. Thread rule: pure function.
#pragma once

#include <string>
#include <vector>

#include "sermo/eval/folds.h"

namespace sermo::eval {

inline constexpr size_t kMaxInnerFolds = 5;

struct InnerFolds {
  std::vector<data::Split> splits;  // rows of the table, all of them in the training part; may be
                                    // none where the part is too small to be cut
  std::string how;                  // for people: "the other folds", "groups of speakers", ...
};

// Inside the training part of plan.folds[fold], one of:
//   the other outer folds, where the folds are few (at most one more than kMaxInnerFolds) and test
//   every row: what is fitted without folds i and j then serves both;
//   groups of speakers, about equally large, where the plan keeps speakers apart;
//   stratified folds, as `train` cuts them.
InnerFolds inner_folds(const FoldPlan& plan, size_t fold, const FoldRows& rows, uint32_t seed);

}  // namespace sermo::eval
