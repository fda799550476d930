// Voices that clients keep: what is written comes back, and nothing else is taken.
#include "sermo/serve/voice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "sermo/serve/base64url.h"

namespace sermo::serve {
namespace {

using nlohmann::ordered_json;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

engine::Enrolment voice() {
  return engine::Enrolment(
      3, {{"a/1-0", {0.1, -2.5e-300, 3e11}}, {"b/1-0", {std::nextafter(1.0, 2.0)}}});
}

// A voice of one number under one schema.
std::string with_sum(double number, size_t num_clips = 1) {
  return voice_json(engine::Enrolment(num_clips, {{"a", {number}}})).dump();
}

TEST(Base64Url, ReadsWhatItWritesAndNothingElse) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    const auto back = base64url_decoded(base64url(bytes_of(text)));
    ASSERT_TRUE(back) << text.size();
    EXPECT_TRUE(std::ranges::equal(*back, bytes_of(text)));
    text += static_cast<char>(i * 7);
  }
  for (const char* other : {"A", "AAAAA", "AB", "Zg==", "Z g", "+A", "/A", "Zm9vYh", "\xc3\xa9"})
    EXPECT_FALSE(base64url_decoded(other)) << other;
}

TEST(Voice, ComesBackToTheLastBit) {
  const auto back = parse_voice(voice_json(voice()).dump());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->num_clips(), 3u);
  EXPECT_EQ(back->sums(), voice().sums());
}

TEST(Voice, SeveralAreOne) {
  const ordered_json array = {voice_json(voice()), voice_json(voice())};
  const auto both = parse_voice(array.dump());
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->num_clips(), 6u);
  EXPECT_EQ((*both->sum_under("a/1-0"))[2], 6e11);
}

TEST(Voice, OfAnyOtherFormIsRefused) {
  const auto changed = [](auto&& change) {
    ordered_json json = voice_json(voice());
    change(json);
    return json.dump();
  };
  const std::string many = [] {
    std::map<std::string, std::vector<double>> sums;
    for (size_t i = 0; i <= kMaxVoiceSchemas; ++i) sums[std::to_string(i)] = {1.0};
    return voice_json(engine::Enrolment(1, sums)).dump();
  }();
  const std::string good = voice_json(voice()).dump();
  for (size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(parse_voice(good.substr(0, length))) << length;
  for (const std::string& text : {
           std::string("[]"),
           std::string("null"),
           std::string("5"),
           std::string("{}"),
           "[[" + good + "]]",
           "[" + good + ",1]",
           std::string(1000, '['),
           changed([](auto& json) { json["format"] = 2; }),
           changed([](auto& json) { json["format"] = "1"; }),
           changed([](auto& json) { json["clips"] = 0; }),
           changed([](auto& json) { json["clips"] = -1; }),
           changed([](auto& json) { json["clips"] = 1.5; }),
           changed([](auto& json) { json["clips"] = "3"; }),
           changed([](auto& json) { json["clips"] = kMaxVoiceClips + 1; }),
           changed([](auto& json) { json["clips"] = std::numeric_limits<uint64_t>::max(); }),
           changed([](auto& json) { json["more"] = 1; }),
           changed([](auto& json) { json.erase("clips"); }),
           changed([](auto& json) { json["sums"] = ordered_json::object(); }),
           changed([](auto& json) { json["sums"] = ordered_json::array(); }),
           changed([](auto& json) { json["sums"]["a/1-0"] = ordered_json::array({1.0}); }),
           changed([](auto& json) { json["sums"]["a/1-0"] = ""; }),
           changed([](auto& json) { json["sums"]["a/1-0"] = "AAAA"; }),
           changed([](auto& json) { json["sums"]["a/1-0"] = "AAAAAAAAAAA="; }),
           with_sum(std::numeric_limits<double>::infinity()),
           with_sum(-std::numeric_limits<double>::infinity()),
           with_sum(std::numeric_limits<double>::quiet_NaN()),
           with_sum(2 * kMaxVoiceFeature),
           many,
       }) {
    const auto parsed = parse_voice(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_TRUE(parsed.error().code == ErrorCode::kUsage ||
                parsed.error().code == ErrorCode::kCorrupt);
    EXPECT_LT(parsed.error().message.size(), 200u);
  }
  EXPECT_EQ(parse_voice("[]").error().code, ErrorCode::kUsage);
  EXPECT_EQ(parse_voice(with_sum(2 * kMaxVoiceFeature)).error().code, ErrorCode::kCorrupt);
  EXPECT_TRUE(parse_voice(with_sum(2 * kMaxVoiceFeature, 2)));
  const ordered_json crowd = {ordered_json::parse(with_sum(1.0, kMaxVoiceClips)),
                              ordered_json::parse(with_sum(1.0, 1))};
  EXPECT_FALSE(parse_voice(crowd.dump()));
  EXPECT_EQ(parse_voice(good + std::string(kMaxVoiceBytes, ' ')).error().code,
            ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace sermo::serve
