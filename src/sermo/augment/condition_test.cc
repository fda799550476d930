#include "sermo/augment/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sermo::augment {
namespace {

using ::testing::HasSubstr;

TEST(Condition, NamesReadBack) {
  const std::vector<std::pair<std::string, Condition>> all = {
      {"clean", {}},
      {"noise white 20 dB", {1.0, {Noise{NoiseColour::kWhite, 20}}}},
      {"noise pink -2.5 dB", {1.0, {Noise{NoiseColour::kPink, -2.5}}}},
      {"noise half-pink 30 dB", {1.0, {Noise{NoiseColour::kHalfPink, 30}}}},
      {"noise speech 0 dB", {1.0, {Noise{NoiseColour::kSpeech, 0}}}},
      {"babble 10 dB", {1.0, {Babble{10}}}},
      {"low-pass 4 kHz", {1.0, {LowPass{4}}}},
      {"low-pass 3.27 kHz", {1.0, {LowPass{3.27}}}},
      {"telephone", {1.0, {BandPass{300, 3400}}}},
      {"band-pass 200 7000 Hz", {1.0, {BandPass{200, 7000}}}},
      {"room 0.4 s", {1.0, {Room{0.4, 0}}}},
      {"room 0.15 s direct -3 dB", {1.0, {Room{0.15, -3}}}},
      {"gain -20 dB", {1.0, {Gain{-20}}}},
      {"speed 0.9", {0.9, {}}},
      {"telephone + noise pink 15.3 dB", {1.0, {BandPass{}, Noise{NoiseColour::kPink, 15.3}}}},
      {"speed 1.1 + room 0.2 s + gain 3 dB", {1.1, {Room{0.2, 0}, Gain{3}}}},
  };
  for (const auto& [name, condition] : all) {
    EXPECT_EQ(name_of(condition), name);
    const Result<Condition> read = parse_condition(name);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, condition) << name;
  }
}

TEST(Condition, EachNameHasOneMeaningAndEachMeaningOneName) {
  EXPECT_EQ(name_of(*parse_condition("band-pass 300 3400 Hz")), "telephone");
  EXPECT_EQ(name_of(*parse_condition("room 0.40 s direct 0 dB")), "room 0.4 s");
  EXPECT_EQ(name_of(*parse_condition("speed 1")), "clean");
}

TEST(Condition, WhatIsNoNameIsRefusedWithTheReason) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"", "none of noise, babble"},
      {"loud", "none of noise, babble"},
      {"noise 20 dB", "white, pink, half-pink or speech"},
      {"noise white dB", "'dB' is no number"},
      {"noise white 20", "wanted 'dB'"},
      {"noise white 20 dB loud", "'loud' is too much"},
      {"noise white 200 dB", "200 is not from -20 to 60"},
      {"noise white nan dB", "nan is not from"},
      {"low-pass 4000 kHz", "not from"},
      {"band-pass 3400 300 Hz", "300 is not from 3700"},
      {"room 0.4 s direct", "'' is no number"},
      {"room 0 s", "0 is not from"},
      {"speed 3", "3 is not from 0.5 to 2"},
      {"telephone + speed 0.9", "speed as the first"},
      {"telephone +", "'+' is too much"},
      {"telephone + ", "none of"},
      {"clean + telephone", "'clean' is none of"},
      {"telephone  + gain 1 dB", "'' is too much"},
  };
  for (const auto& [name, reason] : bad) {
    const Result<Condition> read = parse_condition(name);
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().code, ErrorCode::kUsage);
    EXPECT_THAT(read.error().message, HasSubstr(reason)) << name;
  }
}

TEST(Condition, OnlyBabbleNeedsTalkers) {
  EXPECT_TRUE(needs_talkers(*parse_condition("telephone + babble 5 dB")));
  EXPECT_FALSE(needs_talkers(*parse_condition("telephone + noise speech 5 dB")));
}

TEST(Condition, KindsAreNamedWithoutNumbers) {
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"clean", "clean"},
      {"speed 0.9", "speed"},
      {"speed 0.9 + noise pink 12 dB", "noise"},
      {"telephone", "band-pass"},
      {"band-pass 200 7000 Hz + noise white 20 dB", "band-pass + noise"},
      {"room 0.4 s direct 3 dB + babble 10 dB", "room + babble"},
      {"low-pass 4 kHz + gain -6 dB", "low-pass + gain"}};
  for (const auto& [name, kind] : wanted) EXPECT_EQ(kind_of(*parse_condition(name)), kind);
}

}  // namespace
}  // namespace sermo::augment
