#include "sermo/augment/degrader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sermo/augment/level.h"

namespace sermo::augment {
namespace {

constexpr int kRateHz = 16000;

std::vector<float> tone(double hz, size_t size, int rate_hz = kRateHz) {
  std::vector<float> samples(size);
  for (size_t n = 0; n < size; ++n) {
    samples[n] = static_cast<float>(
        0.3 * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(n) / rate_hz));
  }
  return samples;
}

// A tone that swells, with silence before and after.
std::vector<float> utterance() {
  std::vector<float> samples(40'000);
  const std::vector<float> voice = tone(440, 24'000);
  for (size_t n = 0; n < voice.size(); ++n) {
    samples[8'000 + n] =
        voice[n] *
        static_cast<float>(std::sin(std::numbers::pi * static_cast<double>(n) / 24'000.0));
  }
  return samples;
}

// Whole periods, so that a voice that begins again does so in phase.
std::shared_ptr<const Talkers> talkers() {
  return std::make_shared<Talkers>(
      *Talkers::create({tone(200, 4800), tone(400, 8000), tone(100, 9600)}, kRateHz));
}

std::vector<float> degraded(const std::string& condition, std::span<const float> samples,
                            uint64_t seed = 1, int from_hz = kRateHz) {
  Degrader degrader(kRateHz, talkers());
  std::vector<float> out;
  const Result<void> done =
      degrader.degrade(*parse_condition(condition), seed, samples, from_hz, out);
  EXPECT_TRUE(done);
  return out;
}

double db(double ratio) { return 20.0 * std::log10(ratio); }

// The amplitude of one frequency among samples, by projection.
double amplitude(std::span<const float> samples, double hz) {
  double re = 0, im = 0;
  for (size_t n = 0; n < samples.size(); ++n) {
    const double angle = 2.0 * std::numbers::pi * hz * static_cast<double>(n) / kRateHz;
    re += samples[n] * std::cos(angle);
    im += samples[n] * std::sin(angle);
  }
  return 2.0 * std::hypot(re, im) / static_cast<double>(samples.size());
}

const std::vector<std::string>& conditions() {
  static const std::vector<std::string> all = {"clean",
                                               "noise white 20 dB",
                                               "noise pink 10 dB",
                                               "noise speech 5 dB",
                                               "babble 10 dB",
                                               "low-pass 4 kHz",
                                               "telephone",
                                               "room 0.4 s",
                                               "gain -20 dB",
                                               "speed 0.9",
                                               "speed 1.1 + telephone + noise white 15 dB",
                                               "room 0.3 s direct 5 dB + noise pink 20 dB"};
  return all;
}

TEST(Degrader, TheRatioOfSignalToNoiseIsTheOneAskedFor) {
  const std::vector<float> clean = utterance();
  for (const auto& [name, wanted] : {std::pair<std::string, double>{"noise white 20 dB", 20},
                                     {"noise pink 7.5 dB", 7.5},
                                     {"noise speech -3 dB", -3},
                                     {"babble 10 dB", 10}}) {
    std::vector<float> noise = degraded(name, clean);
    for (size_t n = 0; n < clean.size(); ++n) noise[n] -= clean[n];
    EXPECT_NEAR(db(root_mean_square(clean) / root_mean_square(noise)), wanted, 0.01) << name;
  }
}

TEST(Degrader, BandsKeepWhatLiesInsideAndItsPlace) {
  // A second of tone inside a band comes out sample by sample as it went in.
  for (const auto& [name, hz] : {std::pair<std::string, double>{"low-pass 4 kHz", 3800},
                                 {"telephone", 1000},
                                 {"telephone", 3200}}) {
    const std::vector<float> in = tone(hz, kRateHz);
    const std::vector<float> out = degraded(name, in);
    ASSERT_EQ(out.size(), in.size());
    for (size_t n = 1000; n + 1000 < in.size(); ++n) ASSERT_NEAR(out[n], in[n], 0.3 * 0.0012) << n;
  }
  for (const auto& [name, hz] : {std::pair<std::string, double>{"low-pass 4 kHz", 4200},
                                 {"telephone", 3600},
                                 {"telephone", 150}}) {
    const std::vector<float> out = degraded(name, tone(hz, kRateHz));
    EXPECT_LT(db(amplitude(std::span(out).subspan(2000, 12'000), hz) / 0.3), -75.0) << name << hz;
  }
}

TEST(Degrader, BandsBeyondTheRateChangeNothingBelow) {
  const std::vector<float> in = tone(5000, kRateHz);
  for (const std::string name : {"low-pass 12 kHz", "band-pass 100 15000 Hz"}) {
    const std::vector<float> out = degraded(name, in);
    for (size_t n = 1000; n + 1000 < in.size(); ++n) ASSERT_NEAR(out[n], in[n], 0.0004) << name;
  }
}

TEST(Degrader, SpeedChangesLengthAndPitch) {
  for (const int from_hz : {16000, 48000}) {
    for (const double speed : {0.9, 1.1}) {
      const std::vector<float> in = tone(500, static_cast<size_t>(2 * from_hz), from_hz);
      const std::vector<float> out =
          degraded(speed < 1 ? "speed 0.9" : "speed 1.1", in, 1, from_hz);
      EXPECT_NEAR(static_cast<double>(out.size()), 2 * kRateHz / speed, 2.0);
      EXPECT_NEAR(amplitude(std::span(out).subspan(2000, 24'000), 500 * speed), 0.3, 0.002);
      EXPECT_LT(amplitude(std::span(out).subspan(2000, 24'000), 500), 0.002);
    }
  }
}

TEST(Degrader, ARoomKeepsTheLengthAndAddsATail) {
  std::vector<float> click(8000);
  click[1000] = 1.0f;
  const std::vector<float> out = degraded("room 0.3 s", click);
  ASSERT_EQ(out.size(), click.size());
  for (size_t n = 0; n < 1000; ++n) ASSERT_NEAR(out[n], 0.0, 1e-6);
  EXPECT_NEAR(out[1000], 1.0, 1e-4);
  // 0 dB: as much energy behind as in front.
  EXPECT_NEAR(root_mean_square(std::span(out).subspan(1001, 4799)) * std::sqrt(4799.0), 1.0, 1e-3);
}

TEST(Degrader, ALouderRecordingComesOutLouder) {
  const std::vector<float> clean = utterance();
  std::vector<float> louder = clean;
  for (float& sample : louder) sample *= 4.0f;
  for (const std::string& name : conditions()) {
    const std::vector<float> a = degraded(name, clean);
    const std::vector<float> b = degraded(name, louder);
    ASSERT_EQ(a.size(), b.size());
    for (size_t n = 0; n < a.size(); ++n) ASSERT_NEAR(4.0f * a[n], b[n], 2e-5) << name;
  }
  EXPECT_NEAR(db(root_mean_square(degraded("gain -20 dB", clean)) / root_mean_square(clean)), -20,
              1e-4);
}

TEST(Degrader, TheSameSeedGivesTheSameBitsAndAnotherOthers) {
  const std::vector<float> clean = utterance();
  Degrader used(kRateHz, talkers());
  for (const std::string& name : conditions()) {
    const Condition condition = *parse_condition(name);
    std::vector<float> again;
    ASSERT_TRUE(used.degrade(condition, 5, clean, kRateHz, again));
    EXPECT_EQ(again, degraded(name, clean, 5)) << name;
    const bool is_random = name.find("noise") != std::string::npos ||
                           name.find("room") != std::string::npos ||
                           name.find("babble") != std::string::npos;
    EXPECT_EQ(again != degraded(name, clean, 6), is_random) << name;
  }
  EXPECT_EQ(degraded("clean", clean), clean);
}

TEST(Degrader, BabbleNeedsTalkersAndHoldsTheirVoices) {
  std::vector<float> out;
  Degrader alone(kRateHz, nullptr);
  const Result<void> done =
      alone.degrade(*parse_condition("babble 10 dB"), 1, utterance(), kRateHz, out);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kUsage);
  const std::vector<float> clean = utterance();
  std::vector<float> noise = degraded("babble 0 dB", clean, 3);
  for (size_t n = 0; n < clean.size(); ++n) noise[n] -= clean[n];
  double heard = 0.0;
  for (const double hz : {200.0, 400.0, 100.0}) heard += std::pow(amplitude(noise, hz), 2) / 2;
  EXPECT_GT(heard, 0.5 * std::pow(root_mean_square(noise), 2));
  EXPECT_FALSE(Talkers::create({}, kRateHz));
  EXPECT_FALSE(Talkers::create({std::vector<float>(100)}, kRateHz));
  EXPECT_NE(talkers()->fingerprint(), Talkers::create({tone(200, 4800)}, kRateHz)->fingerprint());
}

TEST(Degrader, EmptyAndSilentRecordingsStayThat) {
  for (const std::string& name : conditions()) {
    EXPECT_TRUE(degraded(name, {}).empty()) << name;
    for (const float sample : degraded(name, std::vector<float>(3000)))
      ASSERT_EQ(sample, 0.0f) << name;
    EXPECT_EQ(degraded(name, std::vector<float>{0.5f}).size(), 1U + (name == "speed 0.9")) << name;
  }
}

}  // namespace
}  // namespace sermo::augment
