#include "sermo/eval/enrolment_draws.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "sermo/base/mt19937.h"

namespace sermo::eval {
namespace {

// The speaker's rows by label, each label's in random order.
std::map<int, std::vector<size_t>> shuffled_by_label(std::span<const size_t> own,
                                                     const LabelledExamples& rows,
                                                     RandomState& random) {
  std::map<int, std::vector<size_t>> by_label;
  for (size_t i : random.permutation(own.size())) by_label[rows.labels[own[i]]].push_back(own[i]);
  return by_label;
}

// One clip of each label, labels in random order, then a second of each, ...
std::vector<size_t> in_turn(const std::map<int, std::vector<size_t>>& by_label,
                            RandomState& random) {
  std::vector<const std::vector<size_t>*> labels;
  for (const auto& [label, clips] : by_label) labels.push_back(&clips);
  random.shuffle(std::span(labels));
  std::vector<size_t> order;
  for (size_t round = 0, before = 1; order.size() != before; ++round) {
    before = order.size();
    for (const auto* clips : labels) {
      if (round < clips->size()) order.push_back((*clips)[round]);
    }
  }
  return order;
}

// What the speaker can give, in order, with enough left to be scored; may be nothing.
std::vector<size_t> can_give(GivenClips kind, std::span<const size_t> own,
                             const LabelledExamples& rows, int neutral, RandomState& random) {
  const std::map<int, std::vector<size_t>> by_label = shuffled_by_label(own, rows, random);
  if (kind == GivenClips::kEveryLabel) {
    std::vector<size_t> order = in_turn(by_label, random);
    order.resize(own.size() / 2);
    return order;
  }
  std::vector<const std::vector<size_t>*> candidates;
  for (const auto& [label, clips] : by_label) {
    if (clips.size() >= 2 && (kind == GivenClips::kOneLabel || label == neutral))
      candidates.push_back(&clips);
  }
  if (candidates.empty()) return {};
  const auto at = static_cast<size_t>(random.interval(candidates.size() - 1));
  return {candidates[at]->begin(), candidates[at]->end() - 1};
}

size_t largest_listed(size_t most) {
  size_t largest = 0;
  for (size_t k : kEnrolmentClips) {
    if (k <= most) largest = k;
  }
  return largest;
}

}  // namespace

std::vector<EnrolmentDraw> draw_given_clips(GivenClips kind, const LabelledExamples& rows,
                                            const FoldPlan& plan,
                                            std::span<const std::string> labels, size_t num_draws,
                                            uint32_t seed) {
  const auto neutral = static_cast<int>(std::ranges::find(labels, "neutral") - labels.begin());
  std::vector<EnrolmentDraw> draws;
  for (size_t fold = 0; fold < plan.folds.size(); ++fold) {
    std::map<int, std::vector<size_t>> rows_of;
    for (size_t r : plan.folds[fold].rows.test) rows_of[rows.speakers[r]].push_back(r);
    for (auto& [speaker, own] : rows_of) {
      std::ranges::sort(own);
      for (size_t d = 0; d < num_draws; ++d) {
        // Every draw has a generator of its own, so that no other speaker changes it.
        const uint32_t key[] = {seed, static_cast<uint32_t>(kind), static_cast<uint32_t>(speaker),
                                static_cast<uint32_t>(d)};
        RandomState random(key);
        EnrolmentDraw drawn{fold, speaker, can_give(kind, own, rows, neutral, random), {}};
        drawn.given.resize(largest_listed(drawn.given.size()));
        if (drawn.given.empty()) continue;
        std::vector<size_t> set_aside = drawn.given;
        std::ranges::sort(set_aside);
        std::ranges::set_difference(own, set_aside, std::back_inserter(drawn.scored));
        draws.push_back(std::move(drawn));
      }
    }
  }
  return draws;
}

}  // namespace sermo::eval
