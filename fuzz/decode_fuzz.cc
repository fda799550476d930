// Any bytes at all: an answer that keeps its promises, or an error.
#include <cmath>
#include <cstdint>

#include "sermo/audio/decode.h"
#include "sermo/audio/quality.h"
#include "sermo/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sermo::audio;
  constexpr DecodeOptions kOptions = {.max_duration_s = 5.0};
  const sermo::Result<DecodedAudio> audio =
      decode_bytes(std::as_bytes(std::span(data, size)), kOptions);
  if (!audio) {
    SERMO_CHECK(!audio.error().message.empty(), "an error says why");
    SERMO_CHECK(audio.error().code != sermo::ErrorCode::kInternal, "input causes no bug");
    return 0;
  }
  const AudioFormat& format = audio->format;
  SERMO_CHECK(!audio->samples.empty(), "an answer has samples");
  SERMO_CHECK(audio->duration_s() <= kOptions.max_duration_s, "the limit holds");
  SERMO_CHECK(format.num_channels >= 1 && format.num_channels <= kMaxChannels, "channels");
  SERMO_CHECK(format.sample_rate_hz >= kMinSampleRateHz, "sample rate");
  SERMO_CHECK(format.sample_rate_hz <= kMaxSampleRateHz, "sample rate");
  for (const float x : audio->samples) SERMO_CHECK(std::isfinite(x), "samples are finite");
  const Quality quality = measure_quality(audio->samples, format.sample_rate_hz);
  SERMO_CHECK(quality.silent_fraction >= 0.0F && quality.silent_fraction <= 1.0F, "a fraction");
  return 0;
}
