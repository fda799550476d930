// Any bytes as a voice: an error, or one that is written and read again as it is.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "sermo/base/check.h"
#include "sermo/serve/voice.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto voice =
      sermo::serve::parse_voice(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!voice) return 0;
  SERMO_CHECK(voice->num_clips() > 0, "a voice has clips");
  const auto again = sermo::serve::parse_voice(sermo::serve::voice_json(*voice).dump());
  // Where nothing is left in common of several, there is nothing to write.
  SERMO_CHECK(voice->sums().empty() || (again && again->sums() == voice->sums()),
              "what is written is read");
  return 0;
}
