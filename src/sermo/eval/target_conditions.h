// Another corpus met halfway: its recordings moved towards what was learnt, without a look at a
// label.
//
// Beside a corpus as it is, unchanged models (calibrators and thresholds too) are asked for
//   "each speaker enrolled": every recording as that of an enrolled speaker
//     (model/speaker_shift.h), of whom all other recordings of the corpus are at hand. Uses who
//     speaks in which recording and the features of the speaker's other recordings; speakers who
//     are unknown or have no other recording are left as they are.
//   "standardised by corpus": every feature shifted and scaled so that its mean and deviation over
//     the whole corpus become those over the rows that were learnt from. Uses the features of all
//     recordings, the tested one among them, so it wants the corpus complete before the first
//     answer. A feature that is constant in either corpus becomes the mean of what was learnt.
// Recordings whose label is not shared, or that have none, count as the others do; degraded copies
// do not, but are among the rows that were learnt from. Thread rule: pure function.
#pragma once

#include <vector>

#include "sermo/data/table.h"
#include "sermo/eval/cross_corpus.h"
#include "sermo/eval/cross_evaluation.h"

namespace sermo::eval {

inline constexpr const char* kAsItIs = "as it is";
inline constexpr const char* kEachSpeakerEnrolled = "each speaker enrolled";
inline constexpr const char* kStandardisedByCorpus = "standardised by corpus";

// For cross_evaluate on `corpora`, which join_corpora made of `tested` and another table. The first
// is left out where no speaker has two recordings.
std::vector<TestCondition> target_conditions(const JoinedCorpora& corpora,
                                             const data::Table& tested);

}  // namespace sermo::eval
