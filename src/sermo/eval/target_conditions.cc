#include "sermo/eval/target_conditions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/model/speaker_shift.h"

namespace sermo::eval {
namespace {

struct Moments {
  std::vector<double> mean;
  std::vector<double> deviation;  // 0 where a column varies no more than float32 rounds it
};

Moments moments(const Matrix& features, std::span<const size_t> rows) {
  Moments of{std::vector<double>(features.num_cols()), std::vector<double>(features.num_cols())};
  const auto n = static_cast<double>(rows.size());
  for (size_t r : rows) {
    for (size_t c = 0; c < of.mean.size(); ++c) of.mean[c] += static_cast<double>(features(r, c));
  }
  for (double& mean : of.mean) mean /= n;
  for (size_t r : rows) {
    for (size_t c = 0; c < of.mean.size(); ++c) {
      const double difference = static_cast<double>(features(r, c)) - of.mean[c];
      of.deviation[c] += difference * difference;
    }
  }
  for (size_t c = 0; c < of.mean.size(); ++c) {
    of.deviation[c] = std::sqrt(of.deviation[c] / n);
    constexpr double kRounding = std::numeric_limits<float>::epsilon();
    if (of.deviation[c] <= kRounding * std::abs(of.mean[c])) of.deviation[c] = 0.0;
  }
  return of;
}

Moments moments_of_learnt(const JoinedCorpora& corpora) {
  const LabelledExamples learnt =
      corpora.rows.at(corpora.plan.folds.front().rows.train).with_copies();
  std::vector<size_t> all(learnt.num_rows());
  for (size_t r = 0; r < all.size(); ++r) all[r] = r;
  return moments(learnt.features, all);
}

std::vector<size_t> recordings(const data::Table& table) {
  std::vector<size_t> rows;
  for (size_t r = 0; r < table.num_rows(); ++r) {
    if (!table.is_copy(r)) rows.push_back(r);
  }
  return rows;
}

// Of speakers who have two recordings or more.
std::map<int, std::pair<size_t, std::vector<double>>> sums_of_speakers(const data::Table& table) {
  std::map<int, std::pair<size_t, std::vector<double>>> sums;  // number of recordings, their sum
  for (size_t r : recordings(table)) {
    if (table.speakers[r] == data::kUnknownSpeaker) continue;
    auto& [count, sum] = sums[table.speakers[r]];
    sum.resize(table.features.num_cols());
    ++count;
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(table.features(r, c));
  }
  std::erase_if(sums, [](const auto& speaker) { return speaker.second.first < 2; });
  return sums;
}

}  // namespace

std::vector<TestCondition> target_conditions(const JoinedCorpora& corpora,
                                             const data::Table& tested) {
  SERMO_CHECK(corpora.plan.folds.front().rows.test.size() == corpora.tested_rows.size(),
              "a place in its table for each tested row");
  const std::vector<size_t>& test = corpora.plan.folds.front().rows.test;
  const Moments learnt = moments_of_learnt(corpora);
  std::vector<TestCondition> conditions;
  if (auto sums = sums_of_speakers(tested); !sums.empty()) {
    TestCondition& enrolled =
        conditions.emplace_back(kEachSpeakerEnrolled, corpora.rows.features);
    const std::vector<float> learnt_mean(learnt.mean.begin(), learnt.mean.end());
    for (size_t i = 0; i < test.size(); ++i) {
      const auto own = sums.find(tested.speakers[corpora.tested_rows[i]]);
      if (own == sums.end()) continue;
      const std::span<float> row = enrolled.features.row(test[i]);
      std::vector<double> others = own->second.second;
      for (size_t c = 0; c < row.size(); ++c) others[c] -= static_cast<double>(row[c]);
      const std::vector<float> shift =
          model::speaker_shift(others, own->second.first - 1, learnt_mean);
      for (size_t c = 0; c < row.size(); ++c) row[c] -= shift[c];
    }
  }
  TestCondition& standardised =
      conditions.emplace_back(kStandardisedByCorpus, corpora.rows.features);
  const Moments target = moments(tested.features, recordings(tested));
  for (size_t r : test) {
    const std::span<float> row = standardised.features.row(r);
    for (size_t c = 0; c < row.size(); ++c) {
      const double scale =
          target.deviation[c] > 0.0 ? learnt.deviation[c] / target.deviation[c] : 0.0;
      const double moved =
          learnt.mean[c] + scale * (static_cast<double>(row[c]) - target.mean[c]);
      row[c] = static_cast<float>(moved);
    }
  }
  return conditions;
}

}  // namespace sermo::eval
