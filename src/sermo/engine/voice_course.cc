#include "sermo/engine/voice_course.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "sermo/audio/quality.h"
#include "sermo/base/check.h"
#include "sermo/engine/frame_contours.h"

namespace sermo::engine {
namespace {

constexpr double kFrame_s = 0.025;

// The part of the recording that a frame looks at; at its ends there is less.
std::span<const float> frame_at(const audio::DecodedAudio& audio, double middle_s) {
  const double rate_hz = audio.format.sample_rate_hz;
  const auto sample_at = [&](double seconds) {
    const double sample = std::round(seconds * rate_hz);
    return static_cast<size_t>(std::clamp(sample, 0.0, static_cast<double>(audio.samples.size())));
  };
  const size_t first = sample_at(middle_s - kFrame_s / 2);
  return std::span(audio.samples).subspan(first, sample_at(middle_s + kFrame_s / 2) - first);
}

}  // namespace

Result<VoiceCourse> voice_course(const audio::DecodedAudio& audio) {
  SERMO_TRY(const features::FrameContours contours, frame_contours(audio));
  const auto column = std::ranges::find(contours.contours, "f0", &features::ContourInfo::name);
  SERMO_CHECK(column != contours.contours.end(), "there is a contour of F0");
  const auto f0 = static_cast<size_t>(column - contours.contours.begin());

  // Contours begin where the recording gets loud; what comes before has a level too.
  constexpr double kRounding = 1e-6;
  const double num_before = std::floor(contours.first_time_s / contours.hop_s + kRounding);
  VoiceCourse course;
  course.start_s = std::max(0.0, contours.first_time_s - num_before * contours.hop_s);
  course.hop_s = contours.hop_s;
  const auto num_frames = static_cast<size_t>(
      std::max(0.0, (audio.duration_s() - course.start_s) / course.hop_s) + 1.0);
  course.f0_hz.resize(num_frames);
  course.level_db.reserve(num_frames);
  for (size_t t = 0; t < num_frames; ++t) {
    course.level_db.push_back(
        audio::level_db(frame_at(audio, course.start_s + course.hop_s * static_cast<double>(t))));
  }
  const auto first = static_cast<size_t>(num_before);
  for (size_t t = 0; t < contours.values.num_rows() && first + t < num_frames; ++t)
    course.f0_hz[first + t] = contours.values(t, f0);
  return course;
}

}  // namespace sermo::engine
