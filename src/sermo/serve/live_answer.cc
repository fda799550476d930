#include "sermo/serve/live_answer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "sermo/audio/quality.h"

namespace sermo::serve {
namespace {

constexpr double kFrame_s = 0.02;
constexpr float kHeardAbove_db = -60.0F;
constexpr float kAboveNoise_db = 10.0F;
// What is louder than this all the time is not taken for the room's noise: a sung vowel is heard.
constexpr float kLoudestNoise_db = -40.0F;

double rounded_level(float db) { return std::round(10.0 * static_cast<double>(db)) / 10.0; }

Result<engine::Answer> recognize_hop(const engine::Recognizer& recognizer, size_t model_index,
                                     const LiveHop& hop,
                                     std::shared_ptr<const engine::Enrolment> enrolment) {
  if (voiced_seconds(hop.samples, hop.sample_rate_hz) < kLeastVoiced_s)
    return fail(ErrorCode::kSilent, "no voice is heard");
  audio::DecodedAudio audio;
  audio.samples = hop.samples;
  audio.format.sample_rate_hz = hop.sample_rate_hz;
  audio.format.num_channels = 1;
  SERMO_TRY(std::vector<engine::Answer> answers,
            recognizer.recognize(audio, std::span(&model_index, 1),
                                 {.enrolment = std::move(enrolment)}));
  return std::move(answers.front());
}

}  // namespace

double voiced_seconds(std::span<const float> samples, int sample_rate_hz) {
  const auto frame = static_cast<size_t>(std::lround(kFrame_s * sample_rate_hz));
  std::vector<float> levels;
  for (size_t at = 0; at + frame <= samples.size(); at += frame)
    levels.push_back(audio::level_db(samples.subspan(at, frame)));
  if (levels.empty()) return 0.0;
  std::vector<float> sorted = levels;
  const auto tenth = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 10);
  std::ranges::nth_element(sorted, tenth);
  const float noise_db = std::min(*tenth, kLoudestNoise_db);
  const float threshold_db = std::max(kHeardAbove_db, noise_db + kAboveNoise_db);
  return kFrame_s * static_cast<double>(std::ranges::count_if(
                        levels, [&](float level) { return level > threshold_db; }));
}

std::string answer_hop(const engine::Recognizer& recognizer, size_t model_index,
                       const LiveHop& hop,
                       const std::shared_ptr<const engine::Enrolment>& enrolment) {
  Result<engine::Answer> answer = recognize_hop(recognizer, model_index, hop, enrolment);
  engine::Segment segment{hop.start_s, hop.end_s, {}, {}};
  if (answer) {
    segment.scores = std::move(answer->scores);
  } else {
    segment.error = std::move(answer.error());
  }
  nlohmann::ordered_json json = engine::to_json(segment);
  const std::span<const float> fresh = std::span(hop.samples).last(hop.num_new);
  json["level_db"] = rounded_level(audio::level_db(fresh));
  json["voiced"] = !segment.error.has_value();
  if (answer && answer->num_enrolled > 0) json["enrolled"] = answer->num_enrolled;
  return json.dump();
}

}  // namespace sermo::serve
