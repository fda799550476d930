#include "sermo/eval/leaks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include "sermo/base/hash.h"
#include "sermo/model/scaler.h"

namespace sermo::eval {
namespace {

// All pairs of rows with the same key.
std::vector<CopyPair> pairs_of_equal(std::span<const std::string> keys) {
  std::map<std::string_view, std::vector<size_t>> rows_of;
  for (size_t r = 0; r < keys.size(); ++r) rows_of[keys[r]].push_back(r);
  std::vector<CopyPair> pairs;
  for (const auto& [key, rows] : rows_of) {
    for (size_t a = 0; a < rows.size(); ++a) {
      for (size_t b = a + 1; b < rows.size(); ++b) pairs.push_back({rows[a], rows[b], true, 1.0});
    }
  }
  return pairs;
}

// Adds the pairs that are not there yet and puts all in order.
std::vector<CopyPair> merged(std::vector<CopyPair> exact, const std::vector<CopyPair>& near) {
  std::set<std::pair<size_t, size_t>> known;
  for (const CopyPair& pair : exact) known.emplace(pair.first, pair.second);
  for (const CopyPair& pair : near) {
    if (known.emplace(pair.first, pair.second).second) exact.push_back(pair);
  }
  std::ranges::sort(exact, {}, [](const CopyPair& p) { return std::pair(p.first, p.second); });
  return exact;
}

double distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (size_t c = 0; c < a.size(); ++c) {
    const double difference = a[c] - b[c];
    sum += difference * difference;
  }
  return std::sqrt(sum / static_cast<double>(a.size()));
}

std::vector<CopyPair> near_rows(MatrixView features) {
  const size_t num_rows = features.num_rows();
  const Result<model::Scaler> scaler = model::Scaler::fit(features);
  if (!scaler) return {};
  Matrix scaled;
  scaler->apply(features, scaled);
  // Two clips that are each other's nearest by far are one recording, unless both are merely
  // unusual: beyond kMostDistance nothing is a copy.
  constexpr double kRatio = 0.55;
  constexpr double kMostDistance = 0.8;
  struct Nearest {
    double distance = std::numeric_limits<double>::infinity();
    double next = std::numeric_limits<double>::infinity();
    size_t row = 0;
  };
  std::vector<Nearest> nearest(num_rows);
  const auto see = [&](size_t from, size_t to, double d) {
    Nearest& n = nearest[from];
    if (d < n.distance) {
      n.next = std::exchange(n.distance, d);
      n.row = to;
    } else {
      n.next = std::min(n.next, d);
    }
  };
  std::vector<CopyPair> pairs;
  for (size_t a = 0; a < num_rows; ++a) {
    for (size_t b = a + 1; b < num_rows; ++b) {
      const double d = distance(std::as_const(scaled).row(a), std::as_const(scaled).row(b));
      see(a, b, d);
      see(b, a, d);
      if (d < kNearDistance) pairs.push_back({a, b, false, 1.0 - d});
    }
  }
  for (size_t a = 0; a < num_rows; ++a) {
    const Nearest& n = nearest[a];
    if (n.distance < kMostDistance && n.distance < kRatio * n.next && nearest[n.row].row == a)
      pairs.push_back({std::min(a, n.row), std::max(a, n.row), false, 1.0 - n.distance});
  }
  return pairs;
}

}  // namespace

std::vector<CopyPair> copies_by_sound(std::span<const data::ClipPrint> prints) {
  std::vector<std::string> hashes;
  std::vector<data::SoundPrint> sounds;
  for (const data::ClipPrint& print : prints) {
    hashes.push_back(print.samples_hash);
    sounds.push_back(print.sound);
  }
  std::vector<CopyPair> near;
  for (const data::SoundCopy& copy : data::find_copies(sounds))
    near.push_back({copy.first, copy.second, false, copy.likeness});
  return merged(pairs_of_equal(hashes), near);
}

std::vector<CopyPair> copies_by_features(MatrixView features) {
  std::vector<std::string> hashes;
  for (size_t r = 0; r < features.num_rows(); ++r)
    hashes.push_back(ContentHash().add(features.row(r)).hex());
  std::vector<CopyPair> near;
  if (features.num_rows() <= kMaxRowsForNear) near = near_rows(features);
  return merged(pairs_of_equal(hashes), near);
}

std::vector<Leak> leaks_of(const FoldPlan& plan, std::span<const CopyPair> copies) {
  std::vector<Leak> leaks;
  for (size_t k = 0; k < plan.folds.size(); ++k) {
    const data::Split& split = plan.folds[k].rows;
    const std::set<size_t> tested(split.test.begin(), split.test.end());
    const std::set<size_t> learnt(split.train.begin(), split.train.end());
    for (const CopyPair& pair : copies) {
      for (const auto& [a, b] : {std::pair(pair.first, pair.second), {pair.second, pair.first}}) {
        if (tested.contains(a) && learnt.contains(b))
          leaks.push_back({a, b, k, pair.exact, pair.likeness});
      }
    }
  }
  return leaks;
}

FoldPlan keep_copies_together(FoldPlan plan, std::span<const CopyPair> copies,
                              const FoldRows& rows) {
  std::vector<size_t> first_of(rows.classes.size());
  std::iota(first_of.begin(), first_of.end(), size_t{0});
  for (const CopyPair& pair : copies) {
    if (pair.exact) first_of[pair.second] = std::min(first_of[pair.second], first_of[pair.first]);
  }
  for (Fold& fold : plan.folds) {
    const std::set<size_t> tested(fold.rows.test.begin(), fold.rows.test.end());
    const std::set<size_t> learnt(fold.rows.train.begin(), fold.rows.train.end());
    const auto belongs_to = [&](const std::set<size_t>& side) {
      return [&](size_t r) { return first_of[r] != r && side.contains(first_of[r]); };
    };
    std::vector<size_t> to_train;
    std::vector<size_t> to_test;
    std::ranges::copy_if(fold.rows.test, std::back_inserter(to_train), belongs_to(learnt));
    std::ranges::copy_if(fold.rows.train, std::back_inserter(to_test), belongs_to(tested));
    std::erase_if(fold.rows.test, belongs_to(learnt));
    std::erase_if(fold.rows.train, belongs_to(tested));
    fold.rows.train.insert(fold.rows.train.end(), to_train.begin(), to_train.end());
    fold.rows.test.insert(fold.rows.test.end(), to_test.begin(), to_test.end());
  }
  return plan;
}

size_t num_groups_on_both_sides(const FoldPlan& plan, std::span<const std::string> group_of) {
  std::set<std::string> both;
  for (const Fold& fold : plan.folds) {
    std::set<std::string> learnt;
    for (size_t r : fold.rows.train) learnt.insert(group_of[r]);
    for (size_t r : fold.rows.test) {
      if (!group_of[r].empty() && learnt.contains(group_of[r])) both.insert(group_of[r]);
    }
  }
  return both.size();
}

}  // namespace sermo::eval
