// Which clips of the tested speakers stand for what they would record to be enrolled.
//
// Thread rule: pure function; the same seed gives the same draws, and no speaker's depend on
// another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sermo/eval/examples.h"
#include "sermo/eval/folds.h"

namespace sermo::eval {

// How many clips a speaker gives.
inline constexpr size_t kEnrolmentClips[] = {1, 2, 3, 5, 10, 20};

enum class GivenClips {
  kEveryLabel,  // one of each label, in random order, then a second of each, ...
  kOneLabel,    // of one label, another one each draw
  kNeutral,  // of the label of that name, as somebody would record who was asked to say something
};
inline constexpr std::pair<GivenClips, const char*> kGivenClips[] = {
    {GivenClips::kEveryLabel, "every label"},
    {GivenClips::kOneLabel, "one label"},
    {GivenClips::kNeutral, "neutral"}};

// One draw of what one tested speaker gives.
struct EnrolmentDraw {
  size_t fold = 0;
  int speaker = 0;
  std::vector<size_t> given;   // rows set aside, in their order; as many as one of kEnrolmentClips
  std::vector<size_t> scored;  // the speaker's other rows that the fold tests, ascending
};

// `num_draws` for each tested speaker who can give at least one clip. At most half of a speaker's
// clips are given, and of one label all but one, so that every label stays among the scored ones.
std::vector<EnrolmentDraw> draw_given_clips(GivenClips kind, const LabelledExamples& rows,
                                            const FoldPlan& plan,
                                            std::span<const std::string> labels, size_t num_draws,
                                            uint32_t seed);

}  // namespace sermo::eval
