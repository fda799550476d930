#include "sermo/serve/voice.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sermo/model/shallow_json.h"
#include "sermo/serve/base64url.h"

namespace sermo::serve {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

tl::unexpected<Error> no_voice(ErrorCode code, std::string_view why) {
  return fail(code, fmt::format("the voice is none that /api/v1/enrolments gave: {}", why));
}
tl::unexpected<Error> malformed(std::string_view why) { return no_voice(ErrorCode::kUsage, why); }
tl::unexpected<Error> corrupt(std::string_view why) { return no_voice(ErrorCode::kCorrupt, why); }

std::string text_of(std::span<const double> numbers) {
  std::vector<std::byte> bytes;
  bytes.reserve(8 * numbers.size());
  for (const double number : numbers) {
    const auto bits = std::bit_cast<uint64_t>(number);
    for (unsigned i = 0; i < 8; ++i) bytes.push_back(static_cast<std::byte>(bits >> 8 * i & 0xffU));
  }
  return base64url(bytes);
}

std::optional<std::vector<double>> numbers_of(std::string_view text) {
  const auto bytes = base64url_decoded(text);
  if (!bytes || bytes->empty() || bytes->size() % 8 != 0) return std::nullopt;
  std::vector<double> numbers;
  numbers.reserve(bytes->size() / 8);
  for (size_t at = 0; at < bytes->size(); at += 8) {
    uint64_t bits = 0;
    for (size_t i = 8; i > 0; --i)
      bits = bits << 8 | std::to_integer<uint64_t>((*bytes)[at + i - 1]);
    numbers.push_back(std::bit_cast<double>(bits));
  }
  return numbers;
}

Result<engine::Enrolment> one_voice_from(const json& voice) {
  if (!voice.is_object()) return malformed("wanted an object, or an array of them");
  const auto format = voice.find("format");
  const auto clips = voice.find("clips");
  const auto sums = voice.find("sums");
  if (format == voice.end() || clips == voice.end() || sums == voice.end() || voice.size() != 3)
    return malformed("wanted `format`, `clips` and `sums`");
  if (*format != kFormat) return malformed(fmt::format("`format` is not {}", kFormat));
  if (!clips->is_number_unsigned() || clips->get<uint64_t>() < 1 ||
      clips->get<uint64_t>() > kMaxVoiceClips)
    return malformed(fmt::format("`clips` is no whole number from 1 to {}", kMaxVoiceClips));
  if (!sums->is_object() || sums->empty() || sums->size() > kMaxVoiceSchemas)
    return malformed(fmt::format("`sums` holds no 1 to {} sums", kMaxVoiceSchemas));
  const auto num_clips = clips->get<size_t>();
  std::map<std::string, std::vector<double>> numbers_by_schema;
  for (const auto& [schema_id, text] : sums->items()) {
    std::optional<std::vector<double>> numbers;
    if (text.is_string()) numbers = numbers_of(text.get_ref<const std::string&>());
    if (!numbers) return corrupt("a sum is no float64 in base64url");
    for (const double number : *numbers) {
      if (!(std::abs(number) <= kMaxVoiceFeature * static_cast<double>(num_clips)))
        return corrupt("a sum is not finite, or beyond what a voice can be");
    }
    numbers_by_schema.emplace(schema_id, std::move(*numbers));
  }
  return engine::Enrolment(num_clips, std::move(numbers_by_schema));
}

}  // namespace

nlohmann::ordered_json voice_json(const engine::Enrolment& enrolment) {
  nlohmann::ordered_json sums = nlohmann::ordered_json::object();
  for (const auto& [schema_id, numbers] : enrolment.sums()) sums[schema_id] = text_of(numbers);
  return {{"format", kFormat}, {"clips", enrolment.num_clips()}, {"sums", std::move(sums)}};
}

Result<engine::Enrolment> voice_from(const json& json) {
  if (!json.is_array()) return one_voice_from(json);
  std::vector<engine::Enrolment> voices;
  size_t num_clips = 0;
  for (const auto& voice : json) {
    SERMO_TRY(engine::Enrolment one, one_voice_from(voice));
    num_clips += one.num_clips();
    if (num_clips > kMaxVoiceClips)
      return corrupt(fmt::format("more than {} clips", kMaxVoiceClips));
    voices.push_back(std::move(one));
  }
  if (voices.empty()) return malformed("an empty array");
  return engine::Enrolment::joined(voices);
}

Result<engine::Enrolment> parse_voice(std::string_view text) {
  if (text.size() > kMaxVoiceBytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("the voice has {} bytes, wanted at most {}",
                                                  text.size(), kMaxVoiceBytes));
  }
  const json json = model::parse_shallow_json(text);
  if (json.is_discarded()) return malformed("it is no JSON");
  return voice_from(json);
}

}  // namespace sermo::serve
