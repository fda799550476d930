#include "sermo/eval/resampling.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>

#include "sermo/base/check.h"
#include "sermo/base/mt19937.h"
#include "sermo/model/classifier.h"

namespace sermo::eval {
namespace {

// The score of the drawn speakers' clips together.
double uar_of(std::span<const ConfusionMatrix> by_speaker, std::span<const size_t> drawn) {
  const size_t num_classes = by_speaker.front().num_classes();
  double sum = 0.0;
  size_t num_present = 0;
  for (size_t k = 0; k < num_classes; ++k) {
    size_t num_right = 0;
    size_t num_true = 0;
    for (size_t s : drawn) {
      num_right += by_speaker[s].count(k, k);
      num_true += by_speaker[s].num_true(k);
    }
    if (num_true == 0) continue;
    sum += static_cast<double>(num_right) / static_cast<double>(num_true);
    ++num_present;
  }
  return num_present == 0 ? 0.0 : sum / static_cast<double>(num_present);
}

double percentile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Interval middle_95_percent(std::vector<double> values) {
  std::ranges::sort(values);
  return {percentile(values, 0.025), percentile(values, 0.975)};
}

// Calls visit(drawn) num_rounds times with as many speakers as there are, drawn with replacement.
template <typename Visit>
void draw_speakers(size_t num_speakers, uint32_t seed, size_t num_rounds, const Visit& visit) {
  RandomState random(seed);
  std::vector<size_t> drawn(num_speakers);
  for (size_t round = 0; round < num_rounds; ++round) {
    for (size_t& s : drawn)
      s = static_cast<size_t>(random.randint(0, static_cast<int64_t>(num_speakers)));
    visit(drawn);
  }
}

constexpr size_t kMaxExactSpeakers = 24;
constexpr size_t kRandomFlips = 99'999;
constexpr double kEqual = 1e-9;  // sums closer than this differ by rounding only

// The share of sign patterns whose sum lies at least as far from 0 as the observed one.
double exact_p_value(const std::vector<double>& differences) {
  double sum = std::accumulate(differences.begin(), differences.end(), 0.0);
  const double observed = std::abs(sum) - kEqual;
  std::vector<double> sign(differences.size(), 1.0);
  const uint64_t num_patterns = uint64_t{1} << differences.size();
  uint64_t num_as_far = 0;
  for (uint64_t pattern = 0;;) {
    num_as_far += std::abs(sum) >= observed ? 1 : 0;
    if (++pattern == num_patterns) break;
    const auto flipped = static_cast<size_t>(std::countr_zero(pattern));  // Gray code: one a step
    sign[flipped] = -sign[flipped];
    sum += 2.0 * sign[flipped] * differences[flipped];
  }
  return static_cast<double>(num_as_far) / static_cast<double>(num_patterns);
}

double random_p_value(const std::vector<double>& differences, uint32_t seed) {
  const double observed =
      std::abs(std::accumulate(differences.begin(), differences.end(), 0.0)) - kEqual;
  RandomState random(seed);
  size_t num_as_far = 1;  // the observed pattern is one of them
  for (size_t round = 0; round < kRandomFlips; ++round) {
    double sum = 0.0;
    uint32_t bits = 0;
    for (size_t s = 0; s < differences.size(); ++s) {
      if (s % 32 == 0) bits = random.next_u32();
      sum += (bits >> (s % 32) & 1) != 0 ? differences[s] : -differences[s];
    }
    num_as_far += std::abs(sum) >= observed ? 1 : 0;
  }
  return static_cast<double>(num_as_far) / static_cast<double>(kRandomFlips + 1);
}

}  // namespace

std::vector<ConfusionMatrix> confusion_by_speaker(MatrixView probabilities,
                                                  std::span<const int> truth,
                                                  std::span<const int> speakers) {
  SERMO_CHECK(probabilities.num_rows() == truth.size() && truth.size() == speakers.size(),
              "one true class and one speaker a row");
  std::map<int, ConfusionMatrix> by_speaker;
  for (size_t r = 0; r < truth.size(); ++r) {
    if (speakers[r] < 0) continue;
    by_speaker.try_emplace(speakers[r], probabilities.num_cols())
        .first->second.add(static_cast<size_t>(truth[r]), model::argmax(probabilities.row(r)));
  }
  std::vector<ConfusionMatrix> in_order;
  for (auto& [speaker, confusion] : by_speaker) in_order.push_back(std::move(confusion));
  return in_order;
}

std::optional<Interval> uar_interval(std::span<const ConfusionMatrix> by_speaker, uint32_t seed,
                                     size_t num_rounds) {
  if (by_speaker.size() < 2 || num_rounds == 0) return std::nullopt;
  std::vector<double> scores;
  draw_speakers(by_speaker.size(), seed, num_rounds, [&](std::span<const size_t> drawn) {
    scores.push_back(uar_of(by_speaker, drawn));
  });
  return middle_95_percent(std::move(scores));
}

std::optional<PairedTest> compare_paired(std::span<const ConfusionMatrix> first,
                                         std::span<const ConfusionMatrix> second, uint32_t seed,
                                         size_t num_rounds) {
  SERMO_CHECK(first.size() == second.size(), "both models answered the same speakers");
  if (first.size() < 2 || num_rounds == 0) return std::nullopt;
  PairedTest test;
  std::vector<double> differences;  // those that are 0 count twice in both shares
  for (size_t s = 0; s < first.size(); ++s) {
    const double difference =
        first[s].unweighted_average_recall() - second[s].unweighted_average_recall();
    if (std::abs(difference) > kEqual) differences.push_back(difference);
  }
  std::vector<size_t> everyone(first.size());
  std::iota(everyone.begin(), everyone.end(), size_t{0});
  test.difference = uar_of(first, everyone) - uar_of(second, everyone);
  std::vector<double> drawn_differences;
  draw_speakers(first.size(), seed, num_rounds, [&](std::span<const size_t> drawn) {
    drawn_differences.push_back(uar_of(first, drawn) - uar_of(second, drawn));
  });
  test.interval = middle_95_percent(std::move(drawn_differences));
  test.p_value = differences.size() <= kMaxExactSpeakers ? exact_p_value(differences)
                                                         : random_p_value(differences, seed);
  return test;
}

}  // namespace sermo::eval
