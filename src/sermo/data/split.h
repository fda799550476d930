// Which rows are learnt from and which are held back: scikit-learn's stratified splits, number for
// number.
//
// Labels are class indices, one per row, of any values; where a class's rank matters it is that of
// its index, as in numpy.unique. Equal seeds give scikit-learn 1.9's rows in scikit-learn's order.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::data {

// Rows, in the (shuffled) order in which scikit-learn returns them.
struct Split {
  std::vector<size_t> train;
  std::vector<size_t> test;
};

// train_test_split(rows, test_size=test_fraction, stratify=labels, random_state=seed).
// `test_fraction` in (0, 1); ceil(test_fraction * N) rows are tested. kUsage for another fraction;
// kTooShort where a class has one row only or a part would hold fewer rows than there are classes.
Result<Split> stratified_split(std::span<const int> labels, double test_fraction, uint32_t seed);

// The fold (0 to num_folds - 1) in which each row is tested, as StratifiedKFold(num_folds,
// shuffle=True, random_state=seed) has it; without a seed as shuffle=False. kUsage for fewer than
// two folds; kTooShort where num_folds is more than the rows, or than the rows of every class. A
// class of fewer rows than folds is missing from some folds.
Result<std::vector<size_t>> stratified_folds(std::span<const int> labels, size_t num_folds,
                                             std::optional<uint32_t> seed);

// The rows tested in `fold` and the others, each in ascending order, as StratifiedKFold.split
// yields them.
Split split_of_fold(std::span<const size_t> fold_of_row, size_t fold);

}  // namespace sermo::data
