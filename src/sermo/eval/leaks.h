// What stands on both sides of a cut and makes a score look better than it is: the same recording,
// whatever was done to it, the same speakers, the same sentences.
//
// Thread rule: plain values, pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/data/clip_prints.h"
#include "sermo/eval/folds.h"

namespace sermo::eval {

// Two clips that are one recording.
struct CopyPair {
  size_t first = 0;  // rows, first < second
  size_t second = 0;
  bool exact = false;     // the same samples (or, by features, the same numbers); otherwise nearly
  double likeness = 0.0;  // share of equal bits of sound prints; by features 1 - distance
};

// By sound: equal hashes of the samples, and sound prints alike (data/sound_print.h), which finds
// lossy, louder, cut and filtered copies. Ordered by rows.
std::vector<CopyPair> copies_by_sound(std::span<const data::ClipPrint> prints);

// Where only features are at hand: equal rows, and rows nearer than different recordings are. The
// distance is the root mean square of the differences of features that are scaled over all rows; a
// pair is near below kNearDistance, or below half the distance to anything else. That finds louder
// and well coded copies; of copies that are cut it misses some. More than kMaxRowsForNear rows are
// compared for equality only. Ordered by rows.
inline constexpr double kNearDistance = 0.36;
inline constexpr size_t kMaxRowsForNear = 20'000;
std::vector<CopyPair> copies_by_features(MatrixView features);

// Copies across a cut.
struct Leak {
  size_t tested = 0;  // row
  size_t learnt = 0;  // row
  size_t fold = 0;
  bool exact = false;
  double likeness = 0.0;
};

std::vector<Leak> leaks_of(const FoldPlan& plan, std::span<const CopyPair> copies);

// The plan with each exact copy where the first of its kind stands, tested or learnt from, so that
// none is on both sides; for plans that cut without regard to speakers. A plan without such copies
// comes back as it was.
FoldPlan keep_copies_together(FoldPlan plan, std::span<const CopyPair> copies,
                              const FoldRows& rows);

// How many of the groups (speakers, sentences) that a clip can belong to some fold has on both
// sides. An empty group is unknown.
size_t num_groups_on_both_sides(const FoldPlan& plan, std::span<const std::string> group_of);

}  // namespace sermo::eval
