#include "sermo/data/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "sermo/base/mt19937.h"

namespace sermo::data {
namespace {

// The rows of each class, classes in ascending order of their index.
std::vector<std::vector<size_t>> rows_by_class(std::span<const int> labels) {
  std::vector<int> classes(labels.begin(), labels.end());
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  std::vector<std::vector<size_t>> rows(classes.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto at = std::lower_bound(classes.begin(), classes.end(), labels[i]);
    rows[static_cast<size_t>(at - classes.begin())].push_back(i);
  }
  return rows;
}

// How many of `num_draws` rows each class gives: its share, rounded down, and what is then missing
// from the classes that lost most by rounding, ties drawn by lot (scikit-learn's
// _approximate_mode). The arithmetic is done in the same order, because ties are told by equality.
std::vector<size_t> draws_per_class(std::span<const size_t> counts, size_t num_draws,
                                    RandomState& random) {
  const size_t total = std::accumulate(counts.begin(), counts.end(), size_t{0});
  std::vector<size_t> draws(counts.size());
  std::vector<double> remainders(counts.size());
  size_t missing = num_draws;
  for (size_t k = 0; k < counts.size(); ++k) {
    const double share = static_cast<double>(counts[k]) / static_cast<double>(total) *
                         static_cast<double>(num_draws);
    draws[k] = static_cast<size_t>(std::floor(share));
    remainders[k] = share - std::floor(share);
    missing -= draws[k];
  }
  std::vector<double> values = remainders;
  std::sort(values.begin(), values.end(), std::greater<>());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  for (size_t v = 0; v < values.size() && missing > 0; ++v) {
    std::vector<size_t> tied;
    for (size_t k = 0; k < remainders.size(); ++k)
      if (remainders[k] == values[v]) tied.push_back(k);
    const size_t num_added = std::min(tied.size(), missing);
    const std::vector<size_t> order = random.permutation(tied.size());
    for (size_t i = 0; i < num_added; ++i) ++draws[tied[order[i]]];
    missing -= num_added;
  }
  return draws;
}

}  // namespace

Result<Split> stratified_split(std::span<const int> labels, double test_fraction, uint32_t seed) {
  if (!(test_fraction > 0.0 && test_fraction < 1.0))
    return fail(ErrorCode::kUsage,
                fmt::format("test fraction {}, wanted more than 0 and less than 1", test_fraction));
  const std::vector<std::vector<size_t>> rows = rows_by_class(labels);
  const auto num_test =
      static_cast<size_t>(std::ceil(test_fraction * static_cast<double>(labels.size())));
  const size_t num_train = labels.size() - num_test;
  for (const std::vector<size_t>& of_class : rows) {
    if (of_class.size() < 2)
      return fail(
          ErrorCode::kTooShort,
          fmt::format("class {} has 1 row, wanted at least 2 to split", labels[of_class.front()]));
  }
  if (std::min(num_train, num_test) < std::max<size_t>(rows.size(), 1))
    return fail(
        ErrorCode::kTooShort,
        fmt::format("{} rows split into {} and {}, wanted at least {} (the classes) in each",
                    labels.size(), num_train, num_test, std::max<size_t>(rows.size(), 1)));

  RandomState random(seed);
  std::vector<size_t> counts;
  for (const std::vector<size_t>& of_class : rows) counts.push_back(of_class.size());
  const std::vector<size_t> num_train_of = draws_per_class(counts, num_train, random);
  for (size_t k = 0; k < counts.size(); ++k) counts[k] -= num_train_of[k];
  const std::vector<size_t> num_test_of = draws_per_class(counts, num_test, random);

  Split split;
  for (size_t k = 0; k < rows.size(); ++k) {
    const std::vector<size_t> order = random.permutation(rows[k].size());
    for (size_t i = 0; i < num_train_of[k] + num_test_of[k]; ++i)
      (i < num_train_of[k] ? split.train : split.test).push_back(rows[k][order[i]]);
  }
  random.shuffle(std::span<size_t>(split.train));
  random.shuffle(std::span<size_t>(split.test));
  return split;
}

Result<std::vector<size_t>> stratified_folds(std::span<const int> labels, size_t num_folds,
                                             std::optional<uint32_t> seed) {
  if (num_folds < 2)
    return fail(ErrorCode::kUsage, fmt::format("{} folds, wanted at least 2", num_folds));
  if (num_folds > labels.size())
    return fail(ErrorCode::kTooShort,
                fmt::format("{} rows, wanted at least {} (the folds)", labels.size(), num_folds));
  // Here classes are taken in the order in which they first appear.
  std::vector<std::vector<size_t>> rows = rows_by_class(labels);
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.front() < b.front(); });
  size_t most = 0;
  for (const std::vector<size_t>& of_class : rows) most = std::max(most, of_class.size());
  if (num_folds > most)
    return fail(ErrorCode::kTooShort,
                fmt::format("no class has more than {} rows, wanted at least {} (the folds)", most,
                            num_folds));

  std::optional<RandomState> random;
  if (seed) random.emplace(*seed);
  std::vector<size_t> fold_of_row(labels.size());
  size_t num_dealt = 0;  // rows of the classes before, dealt to the folds one by one in turn
  for (const std::vector<size_t>& of_class : rows) {
    std::vector<size_t> num_in_fold(num_folds, 0);
    for (size_t i = 0; i < of_class.size(); ++i) ++num_in_fold[(num_dealt + i) % num_folds];
    num_dealt += of_class.size();
    std::vector<size_t> folds;
    folds.reserve(of_class.size());
    for (size_t fold = 0; fold < num_folds; ++fold)
      folds.insert(folds.end(), num_in_fold[fold], fold);
    if (random) random->shuffle(std::span<size_t>(folds));
    for (size_t i = 0; i < of_class.size(); ++i) fold_of_row[of_class[i]] = folds[i];
  }
  return fold_of_row;
}

Split split_of_fold(std::span<const size_t> fold_of_row, size_t fold) {
  Split split;
  for (size_t i = 0; i < fold_of_row.size(); ++i)
    (fold_of_row[i] == fold ? split.test : split.train).push_back(i);
  return split;
}

}  // namespace sermo::data
