// What a contour (a value a frame, over a clip) is like: level, spread, motion, shape, trend and
// course.
//
// Equals the functionals of reference/voice/descriptors.py, sums in float32 by vector lane and then
// in double. Deviations are those of the population; a delta is the slope of the least-squares line
// through nine frames, the ends repeated beyond the edges. A contour that never changes has spread,
// motion, shape and trend of exactly zero. Thread rule: a ContourStatistics belongs to one thread
// at a time; it keeps its memory.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// In the order in which they are computed into an array.
enum ContourStatistic : size_t {
  kContourMean,
  kContourStd,
  kDeltaAbsMean,     // mean absolute delta
  kDeltaStd,         // of the delta
  kDelta2Std,        // of the delta of the delta
  kPercentile05,     // linear between neighbouring values, as numpy.percentile
  kPercentile25,     //
  kPercentile50,     //
  kPercentile75,     //
  kPercentile95,     //
  kRange05To95,      // 95th less 5th percentile
  kRange25To75,      // 75th less 25th percentile
  kContourSkewness,  // mean z^3 with z = (x - mean) / (std + 1e-6)
  kContourKurtosis,  // mean z^4
  kSlope,            // of the best parabola: x - mean = slope t + curvature (t^2 - mean t^2),
  kCurvature,        // t from -1 to 1
  kResidualStd,      // of what the parabola leaves
  kThird1,           // means over thirds; over the whole where there are fewer frames than parts
  kThird3 = kThird1 + 2,
  kEighth1,  // means over eighths
  kEighth8 = kEighth1 + 7,
  kNumContourStatistics
};

class ContourStatistics {
 public:
  using Values = std::array<float, kNumContourStatistics>;

  // `contour` has at least one frame and is finite.
  Values compute(std::span<const float> contour);

 private:
  void prepare(size_t num_frames);

  size_t num_frames_ = 0;  // for which the tables below are
  double time_squares_ = 0;
  double bow_squares_ = 0;
  AlignedFloats time_;    // t of each frame
  AlignedFloats bow_;     // t^2 less its mean
  AlignedFloats values_;  // scratch: padded on both sides, or sorted
  AlignedFloats delta_;
};

// The delta of a contour, `out` as long as `contour`.
void contour_delta(std::span<const float> contour, std::span<float> out);

}  // namespace sermo::dsp
