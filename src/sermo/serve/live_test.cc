// Live streams without a network: cutting sound into hops, and what is taken for a voice.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "sermo/serve/live_answer.h"
#include "sermo/serve/live_window.h"
#include "sermo/serve/voice.h"

namespace sermo::serve {
namespace {

std::vector<std::byte> ramp(size_t count) {
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < count; ++i) {
    const auto value = static_cast<uint16_t>(static_cast<int16_t>(static_cast<int>(i) - 100));
    bytes.push_back(static_cast<std::byte>(value & 0xff));
    bytes.push_back(static_cast<std::byte>(value >> 8));
  }
  return bytes;
}

// The hops of a stream that arrives in pieces of `piece` bytes.
std::vector<LiveHop> hops(const std::vector<std::byte>& bytes, size_t piece) {
  LiveWindow window(100, {.window_s = 3.0, .hop_s = 1.0});
  std::vector<LiveHop> result;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    std::span<const std::byte> frames =
        std::span(bytes).subspan(at, std::min(piece, bytes.size() - at));
    while (window.take(frames)) result.push_back(window.hop());
    EXPECT_TRUE(frames.empty());
  }
  return result;
}

TEST(LiveWindow, EachSecondGivesTheLastThree) {
  const std::vector<LiveHop> all = hops(ramp(650), 1300);
  ASSERT_EQ(all.size(), 6u);
  for (size_t i = 0; i < all.size(); ++i) {
    const double end_s = static_cast<double>(i + 1);
    EXPECT_EQ(all[i].end_s, end_s);
    EXPECT_EQ(all[i].start_s, std::max(0.0, end_s - 3.0));
    EXPECT_EQ(all[i].num_new, 100u);
    ASSERT_EQ(all[i].samples.size(), std::min<size_t>(100 * (i + 1), 300));
    const size_t first = 100 * (i + 1) - all[i].samples.size();
    for (size_t n = 0; n < all[i].samples.size(); ++n)
      ASSERT_EQ(all[i].samples[n],
                static_cast<float>(static_cast<int>(first + n) - 100) / 32768.0F);
  }
}

TEST(LiveWindow, HowFramesAreCutMakesNoDifference) {
  const std::vector<std::byte> bytes = ramp(1234);
  const std::vector<LiveHop> whole = hops(bytes, bytes.size());
  for (const size_t piece : {2, 6, 198, 200, 202, 700}) {
    const std::vector<LiveHop> cut = hops(bytes, piece);
    ASSERT_EQ(cut.size(), whole.size());
    for (size_t i = 0; i < cut.size(); ++i) {
      EXPECT_EQ(cut[i].samples, whole[i].samples) << piece;
      EXPECT_EQ(cut[i].start_s, whole[i].start_s);
    }
  }
}

TEST(LiveWindow, TheFirstMessageIsReadStrictly) {
  EXPECT_EQ(parse_stream_start(R"({"sample_rate":16000})")->sample_rate_hz, 16000);
  EXPECT_EQ(parse_stream_start(R"({"more":1,"sample_rate":44100.0})")->sample_rate_hz, 44100);
  for (const char* text :
       {"", "16000", "[]", "{}", R"({"sample_rate":"16000"})", R"({"sample_rate":7999})",
        R"({"sample_rate":192001})", R"({"sample_rate":16000.5})", R"({"sample_rate":-1})",
        R"({"sample_rate":1e99})", R"({"sample_rate":null})", R"({"sample_rate":16000)"})
    EXPECT_FALSE(parse_stream_start(text)) << text;
  EXPECT_FALSE(
      parse_stream_start(std::string(kMaxVoiceBytes + 1024, ' ') + R"({"sample_rate":16000})"));
}

TEST(LiveWindow, TheFirstMessageMayTellTheVoice) {
  EXPECT_EQ(parse_stream_start(R"({"sample_rate":16000})")->enrolment, nullptr);
  EXPECT_EQ(parse_stream_start(R"({"sample_rate":16000,"voice":null})")->enrolment, nullptr);
  nlohmann::ordered_json start = {{"sample_rate", 16000},
                                  {"voice", voice_json(engine::Enrolment(5, {{"a", {1.0}}}))}};
  EXPECT_EQ(parse_stream_start(start.dump())->enrolment->num_clips(), 5u);
  for (const char* voice : {"1", "{}", "[]", "true", "\"\""})
    EXPECT_FALSE(parse_stream_start(fmt::format(R"({{"sample_rate":16000,"voice":{}}})", voice)));
}

// Three seconds of noise at `floor_db` with 0.2 s of a tone at `tone_db` each half second.
std::vector<float> room(double floor_db, double tone_db) {
  std::mt19937 random(5);
  std::normal_distribution<float> noise(0.0F, static_cast<float>(std::pow(10.0, floor_db / 20.0)));
  const auto amplitude = static_cast<float>(std::sqrt(2.0) * std::pow(10.0, tone_db / 20.0));
  std::vector<float> samples(48000);
  for (size_t i = 0; i < samples.size(); ++i) {
    samples[i] = noise(random);
    if (i % 8000 < 3200) samples[i] += amplitude * std::sin(0.1F * static_cast<float>(i));
  }
  return samples;
}

TEST(Voiced, AVoiceIsHeardAboveTheRoomAndTheRoomIsNot) {
  EXPECT_NEAR(voiced_seconds(room(-70, -30), 16000), 1.2, 0.1);
  EXPECT_NEAR(voiced_seconds(room(-50, -30), 16000), 1.2, 0.1);
  EXPECT_LT(voiced_seconds(room(-50, -90), 16000), kLeastVoiced_s) << "steady noise";
  EXPECT_LT(voiced_seconds(room(-75, -65), 16000), kLeastVoiced_s) << "too faint";
  EXPECT_NEAR(voiced_seconds(room(-20, -90), 16000), 3.0, 0.1) << "loud all the time";
  EXPECT_EQ(voiced_seconds(std::vector<float>(48000), 16000), 0.0);
  EXPECT_EQ(voiced_seconds({}, 16000), 0.0);
}

}  // namespace
}  // namespace sermo::serve
