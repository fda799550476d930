#include "sermo/serve/live_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sermo/audio/decode.h"
#include "sermo/model/shallow_json.h"
#include "sermo/serve/voice.h"

namespace sermo::serve {
namespace {

float sample_at(std::span<const std::byte> frames, size_t index) {
  const auto low = std::to_integer<unsigned>(frames[2 * index]);
  const auto high = std::to_integer<unsigned>(frames[2 * index + 1]);
  return static_cast<float>(static_cast<int16_t>(low | high << 8)) / 32768.0F;
}

}  // namespace

Result<StreamStart> parse_stream_start(std::string_view message) {
  constexpr size_t kMaxBytes = kMaxVoiceBytes + 1024;
  nlohmann::json json;
  if (message.size() <= kMaxBytes) json = model::parse_shallow_json(message);
  const auto rate = json.is_object() ? json.find("sample_rate") : json.end();
  if (!json.is_object() || rate == json.end() || !rate->is_number())
    return fail(ErrorCode::kUsage, "wanted {\"sample_rate\":16000} as the first message");
  const double hz = rate->get<double>();
  if (!(hz >= audio::kMinSampleRateHz && hz <= audio::kMaxSampleRateHz) || hz != std::floor(hz)) {
    return fail(ErrorCode::kUsage,
                fmt::format("the sample rate is {} Hz, wanted a whole number from {} to {}", hz,
                            audio::kMinSampleRateHz, audio::kMaxSampleRateHz));
  }
  StreamStart start{.sample_rate_hz = static_cast<int>(hz)};
  if (const auto voice = json.find("voice"); voice != json.end() && !voice->is_null()) {
    SERMO_TRY(engine::Enrolment enrolment, voice_from(*voice));
    start.enrolment = std::make_shared<const engine::Enrolment>(std::move(enrolment));
  }
  return start;
}

LiveWindow::LiveWindow(int sample_rate_hz, const LiveOptions& options)
    : sample_rate_hz_(sample_rate_hz),
      window_samples_(static_cast<size_t>(std::lround(options.window_s * sample_rate_hz))),
      hop_samples_(static_cast<size_t>(std::lround(options.hop_s * sample_rate_hz))) {
  recent_.reserve(window_samples_ + hop_samples_);
}

bool LiveWindow::take(std::span<const std::byte>& frames) {
  const size_t count = std::min(frames.size() / 2, hop_samples_ - num_new_);
  if (recent_.size() + count > window_samples_ + hop_samples_) {
    const size_t excess = recent_.size() - std::min(recent_.size(), window_samples_);
    recent_.erase(recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(excess));
  }
  for (size_t i = 0; i < count; ++i) recent_.push_back(sample_at(frames, i));
  frames = frames.subspan(2 * count);
  num_new_ += count;
  num_taken_ += count;
  return num_new_ == hop_samples_;
}

LiveHop LiveWindow::hop() {
  const size_t length = std::min(recent_.size(), window_samples_);
  LiveHop hop;
  hop.sample_rate_hz = sample_rate_hz_;
  hop.end_s = static_cast<double>(num_taken_) / sample_rate_hz_;
  hop.start_s = static_cast<double>(num_taken_ - length) / sample_rate_hz_;
  hop.samples.assign(recent_.end() - static_cast<std::ptrdiff_t>(length), recent_.end());
  hop.num_new = std::min(num_new_, length);
  num_new_ = 0;
  return hop;
}

}  // namespace sermo::serve
