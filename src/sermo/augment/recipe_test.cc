#include "sermo/augment/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace sermo::augment {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string drawn(const std::string& recipe, size_t number, const std::string& recording = "a",
                  uint64_t seed = 42) {
  return name_of(draw_copy(*parse_recipe(recipe), number, recording, seed).condition);
}

TEST(Recipe, CountsItsCopies) {
  EXPECT_EQ(parse_recipe("")->num_copies(), 0U);
  EXPECT_EQ(parse_recipe("none")->num_copies(), 0U);
  EXPECT_EQ(parse_recipe("degraded")->num_copies(), 4U);
  EXPECT_EQ(parse_recipe("speed")->num_copies(), 2U);
  EXPECT_EQ(parse_recipe("degraded:3,speed")->num_copies(), 5U);
  EXPECT_EQ(parse_recipe("telephone,noise white 5..25 dB:4")->num_copies(), 5U);
}

TEST(Recipe, KindsComeInTurn) {
  for (const std::string recording : {"a", "b", "c", "d", "e"}) {
    for (const size_t number : {0u, 1u, 2u, 3u}) {
      const double speed =
          draw_copy(*parse_recipe("speed:4"), number, recording, 1).condition.speed;
      EXPECT_TRUE(number % 2 == 0 ? speed >= 0.86 && speed <= 0.96 : speed >= 1.04 && speed <= 1.15)
          << speed;
    }
    for (size_t number = 0; number < 8; ++number) {
      const Condition condition =
          draw_copy(*parse_recipe("degraded:8"), number, recording, 1).condition;
      EXPECT_GE(condition.speed, 0.88);
      EXPECT_LE(condition.speed, 1.13);
      const Step& first = condition.steps.at(0);
      EXPECT_EQ(std::holds_alternative<Noise>(first), number % 4 == 0 || number % 4 == 3);
      EXPECT_EQ(std::holds_alternative<Room>(first), number % 4 == 1);
      EXPECT_EQ(std::holds_alternative<BandPass>(first) || std::holds_alternative<LowPass>(first),
                number % 4 == 2);
    }
  }
  EXPECT_EQ(drawn("telephone,gain -6 dB", 1), "gain -6 dB");
  // Each part begins with its first kind.
  EXPECT_LT(draw_copy(*parse_recipe("telephone,speed"), 1, "a", 1).condition.speed, 1.0);
  const Recipe fixed = recipe_of({*parse_condition("telephone"), *parse_condition("room 0.4 s")});
  EXPECT_EQ(fixed.num_copies(), 2U);
  for (const std::string recording : {"a", "b", "c"}) {
    EXPECT_EQ(name_of(draw_copy(fixed, 0, recording, 1).condition), "telephone");
    EXPECT_EQ(name_of(draw_copy(fixed, 1, recording, 1).condition), "room 0.4 s");
  }
}

TEST(Recipe, ACopyIsDecidedByRecordingNumberAndSeedAlone) {
  const Recipe recipe = *parse_recipe("degraded:3");
  const Copy copy = draw_copy(recipe, 1, "a", 42);
  EXPECT_EQ(draw_copy(recipe, 1, "a", 42).condition, copy.condition);
  EXPECT_EQ(draw_copy(recipe, 1, "a", 42).seed, copy.seed);
  // More copies, and other parts behind, leave the first as they were.
  EXPECT_EQ(draw_copy(*parse_recipe("degraded:7,speed"), 1, "a", 42).seed, copy.seed);
  for (const Copy& other : {draw_copy(recipe, 2, "a", 42), draw_copy(recipe, 1, "b", 42),
                            draw_copy(recipe, 1, "a", 43)})
    EXPECT_NE(other.seed, copy.seed);
}

TEST(Recipe, NumbersAreDrawnEvenlyFromTheirRange) {
  double sum = 0.0, least = 100.0, most = 0.0;
  std::set<double> values;
  for (int i = 0; i < 2000; ++i) {
    const Condition condition =
        *parse_condition(drawn("noise white 5..25 dB", 0, std::to_string(i)));
    const double snr_db = std::get<Noise>(condition.steps[0]).snr_db;
    EXPECT_NEAR(snr_db * 10, std::round(snr_db * 10), 1e-9);  // to a hundredth of the range
    sum += snr_db;
    least = std::min(least, snr_db);
    most = std::max(most, snr_db);
    values.insert(snr_db);
  }
  EXPECT_NEAR(sum / 2000, 15.0, 0.5);  // 4 standard errors
  EXPECT_GE(least, 5.0);
  EXPECT_LT(least, 5.3);
  EXPECT_LE(most, 25.0);
  EXPECT_GT(most, 24.7);
  EXPECT_GT(values.size(), 190U);
}

TEST(Recipe, PatternsAndWordsAreDrawnEvenly) {
  std::map<std::string, int> kinds;  // of the third kind of degraded copies
  for (int i = 0; i < 6000; ++i) {
    const Condition condition =
        draw_copy(*parse_recipe("degraded"), 2, std::to_string(i), 1).condition;
    std::string kind = std::holds_alternative<LowPass>(condition.steps.at(0)) ? "low" : "band";
    if (condition.steps.size() > 1) kind += " noisy";
    ++kinds[kind];
  }
  EXPECT_EQ(kinds.size(), 4U);
  EXPECT_NEAR(kinds["low"], 2000, 150);  // 4 deviations
  EXPECT_NEAR(kinds["low noisy"], 1000, 120);
  EXPECT_NEAR(kinds["band"], 2000, 150);
  EXPECT_NEAR(kinds["band noisy"], 1000, 120);
  std::map<std::string, int> colours;
  for (int i = 0; i < 4000; ++i)
    ++colours[drawn("noise white|white|pink|speech 10 dB", 0, std::to_string(i))];
  EXPECT_EQ(colours.size(), 3U);
  EXPECT_NEAR(colours["noise white 10 dB"], 2000, 130);
  EXPECT_NEAR(colours["noise pink 10 dB"], 1000, 110);
}

TEST(Recipe, WhatIsNoRecipeIsRefusedWithWhatThereIs) {
  for (const std::string text :
       {"degradd", "degraded:", "degraded:0", "degraded:x", "degraded:65", "degraded:40,speed:40",
        "degraded,", ",degraded", "noise white 25..5 dB", "noise white 5.. dB",
        "noise white|red 5 dB", "room 0..1 s", "noise white 5..500 dB"}) {
    const Result<Recipe> recipe = parse_recipe(text);
    ASSERT_FALSE(recipe) << text;
    EXPECT_EQ(recipe.error().code, ErrorCode::kUsage) << text;
  }
  EXPECT_THAT(parse_recipe("degradd").error().message,
              HasSubstr("speed: in turn\n  speed 0.86..0.96\n"));
}

TEST(Recipe, KnowsWhetherTalkersAreNeeded) {
  EXPECT_FALSE(needs_talkers(*parse_recipe("degraded:3,speed")));
  EXPECT_TRUE(needs_talkers(*parse_recipe("degraded:3,babble 5..20 dB")));
}

}  // namespace
}  // namespace sermo::augment
