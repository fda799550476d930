// The enrolled speaker: a voice that has been heard before, without anyone saying what it felt.
//
// Each speaker's clips are standardised by that speaker's own mean and deviation, for which no
// label is needed. It is another use than that of an unknown voice, and its scores are told apart.
// Thread rule: pure function.
#pragma once

#include <span>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"

namespace sermo::eval {

inline constexpr size_t kMinEnrolledClips = 3;  // fewer say nothing of a deviation

// `features` [N, D] with every row minus its speaker's mean, divided by the speaker's population
// standard deviation (model/scaler.h). kMismatch where a speaker is unknown (-1), kTooShort where
// one has fewer than kMinEnrolledClips clips.
Result<Matrix> standardise_by_speaker(MatrixView features, std::span<const int> speakers);

}  // namespace sermo::eval
