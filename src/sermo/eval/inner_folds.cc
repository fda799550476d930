#include "sermo/eval/inner_folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sermo::eval {
namespace {

bool tests_every_row(const FoldPlan& plan, size_t num_rows) {
  size_t num_tested = 0;
  for (const Fold& fold : plan.folds) num_tested += fold.rows.test.size();
  return num_tested == num_rows;
}

// Part `part_of[i]` of the training part's i-th row; one split a part.
std::vector<data::Split> splits_of(const std::vector<size_t>& rows,
                                   const std::vector<size_t>& part_of, size_t num_parts) {
  std::vector<data::Split> splits(num_parts);
  for (size_t part = 0; part < num_parts; ++part) {
    for (size_t i = 0; i < rows.size(); ++i)
      (part_of[i] == part ? splits[part].test : splits[part].train).push_back(rows[i]);
  }
  return splits;
}

// Rows of the training part that another outer fold tests form a part.
std::vector<data::Split> other_folds(const FoldPlan& plan, size_t fold,
                                     const std::vector<size_t>& rows, size_t num_rows) {
  std::vector<size_t> tested_by(num_rows);
  for (size_t k = 0; k < plan.folds.size(); ++k) {
    for (size_t r : plan.folds[k].rows.test) tested_by[r] = k;
  }
  std::vector<size_t> part_of;
  for (size_t r : rows) part_of.push_back(tested_by[r] - (tested_by[r] > fold ? 1 : 0));
  return splits_of(rows, part_of, plan.folds.size() - 1);
}

// Deals the speakers, those with most clips first, each to the group with fewest clips so far.
std::vector<data::Split> speaker_groups(const std::vector<size_t>& rows,
                                        std::span<const int> speakers) {
  std::map<int, size_t> clips;
  for (size_t r : rows) ++clips[speakers[r]];
  std::vector<std::pair<size_t, int>> order;
  for (const auto& [speaker, count] : clips) order.emplace_back(count, speaker);
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.first > b.first; });
  const size_t num_groups = std::min(kMaxInnerFolds, order.size());
  std::vector<size_t> size(num_groups);
  std::map<int, size_t> group_of;
  for (const auto& [count, speaker] : order) {
    const auto smallest = static_cast<size_t>(std::ranges::min_element(size) - size.begin());
    group_of[speaker] = smallest;
    size[smallest] += count;
  }
  std::vector<size_t> part_of;
  for (size_t r : rows) part_of.push_back(group_of.at(speakers[r]));
  return splits_of(rows, part_of, num_groups);
}

// A learner refuses a training part that lacks one of the classes.
bool learns_every_class(const data::Split& split, std::span<const int> classes,
                        size_t num_classes) {
  std::vector<bool> present(num_classes);
  for (size_t r : split.train) present[static_cast<size_t>(classes[r])] = true;
  return std::ranges::all_of(present, [](bool p) { return p; });
}

}  // namespace

InnerFolds inner_folds(const FoldPlan& plan, size_t fold, const FoldRows& rows, uint32_t seed) {
  const std::vector<size_t>& part = plan.folds[fold].rows.train;
  std::vector<int> classes;
  for (size_t r : part) classes.push_back(rows.classes[r]);
  const size_t num_classes =
      classes.empty() ? 0 : static_cast<size_t>(std::ranges::max(rows.classes)) + 1;

  InnerFolds inner;
  const size_t num_outer = plan.folds.size();
  if (num_outer >= 3 && num_outer <= kMaxInnerFolds + 1 &&
      tests_every_row(plan, rows.classes.size())) {
    inner = {other_folds(plan, fold, part, rows.classes.size()), "the other folds"};
  } else if (plan.speakers_apart) {
    inner = {speaker_groups(part, rows.speakers), "groups of speakers inside the training part"};
  } else {
    std::vector<size_t> counts(num_classes);
    for (int label : classes) ++counts[static_cast<size_t>(label)];
    const size_t num_folds =
        counts.empty() ? 0 : std::min(kMaxInnerFolds, *std::ranges::min_element(counts));
    const auto part_of = data::stratified_folds(classes, std::max<size_t>(num_folds, 2), seed);
    if (num_folds >= 2 && part_of)
      inner = {splits_of(part, *part_of, num_folds), "stratified folds of the training part"};
  }
  std::erase_if(inner.splits, [&](const data::Split& split) {
    return split.test.empty() || !learns_every_class(split, rows.classes, num_classes);
  });
  if (inner.splits.empty()) inner.how.clear();
  return inner;
}

}  // namespace sermo::eval
