// The enrolled speaker: a voice of which a few recordings are at hand, though nobody says what it
// felt in them.
//
// What is the speaker's own in a feature is guessed from k clips as k / (k + 5) times the
// difference between their mean and the mean of the rows that the model was trained on, and taken
// away from every vector before the unchanged model sees it. Few clips say little of a voice, since
// each also carries an emotion, so few move little: the rule is the posterior mean of the
// difference where clips scatter around a voice five times as much (in variance) as voices around
// their mean. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"

namespace sermo::model {

// How many clips count as much as knowing nothing: the 5 above.
inline constexpr double kShrinkClips = 5.0;

// What is to be subtracted from raw vectors of the speaker, [D]. `sum_of_clips` [D] is the sum of
// the raw vectors of `num_clips` clips, `training_mean` [D] that of the model
// (Classifier::training_mean). All zeros for no clips.
std::vector<float> speaker_shift(std::span<const double> sum_of_clips, size_t num_clips,
                                 std::span<const float> training_mean,
                                 double shrink_clips = kShrinkClips);

// Subtracts `shift` [D] from each row of [N, D].
void subtract_from_rows(std::span<const float> shift, Matrix& rows);

}  // namespace sermo::model
