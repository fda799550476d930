// docs/conditions.md says what the code does: its examples are read, its ranges are the ranges, its
// mixtures and its default are the code's.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/augment/condition.h"
#include "sermo/augment/recipe.h"
#include "sermo/base/file.h"
#include "test_paths.h"

namespace sermo::augment {
namespace {

std::string page() { return read_text_file(testing::source_dir() / "docs/conditions.md").value(); }

// What stands between ```name and ```.
std::string block(const std::string& name) {
  const std::string text = page();
  const std::string begin = "\n```" + name + "\n";
  const size_t from = text.find(begin);
  if (from == std::string::npos) return {};
  const size_t first = from + begin.size();
  return text.substr(first, text.find("```", first) - first);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

TEST(ConditionsPage, ItsConditionsAreConditions) {
  const std::vector<std::string> names = lines_of(block("conditions"));
  EXPECT_GE(names.size(), 5U);
  for (const std::string& name : names) {
    const Result<Condition> condition = parse_condition(name);
    ASSERT_TRUE(condition) << condition.error().message;
    EXPECT_EQ(name_of(*condition), name);
  }
  EXPECT_EQ(parse_condition("telephone"), parse_condition("band-pass 300 3400 Hz"));
}

// The same words with number `which` of them moved by a thousandth.
std::string moved(const std::string& name, ptrdiff_t which, double direction) {
  static const std::regex kNumber(" -?[0-9.]+");
  const auto at = std::next(std::sregex_iterator(name.begin(), name.end(), kNumber), which);
  const double value = std::stod(at->str());
  return fmt::format("{} {}{}", name.substr(0, static_cast<size_t>(at->position())),
                     value + direction * 0.001 * std::abs(value), std::string(at->suffix()));
}

TEST(ConditionsPage, ItsRangesAreTheRanges) {
  static const std::regex kRow(R"(\| [a-z -]+ \| `([^`]+)` \| `([^`]+)` \| .*)");
  size_t num_rows = 0;
  for (const std::string& line : lines_of(page())) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    ++num_rows;
    const std::string least = row[1], most = row[2];
    EXPECT_TRUE(parse_condition(least)) << least;
    EXPECT_TRUE(parse_condition(most)) << most;
    EXPECT_FALSE(parse_condition(moved(least, 0, -1.0))) << moved(least, 0, -1.0);
    const ptrdiff_t last = most.starts_with("band-pass") || most.starts_with("room") ? 1 : 0;
    EXPECT_FALSE(parse_condition(moved(most, last, 1.0))) << moved(most, last, 1.0);
    if (last == 0) continue;
    EXPECT_FALSE(parse_condition(moved(least, 1, -1.0))) << moved(least, 1, -1.0);
    EXPECT_FALSE(parse_condition(moved(most, 0, 1.0))) << moved(most, 0, 1.0);
  }
  EXPECT_EQ(num_rows, 10U);
}

TEST(ConditionsPage, ItsRecipesAreRecipes) {
  const std::vector<std::string> recipes = lines_of(block("recipes"));
  EXPECT_GE(recipes.size(), 5U);
  for (const std::string& text : recipes) {
    const Result<Recipe> recipe = parse_recipe(text);
    EXPECT_TRUE(recipe) << recipe.error().message;
  }
  static const std::regex kOption(R"(--augment (?:'([^']+)'|([a-z0-9:,]+)))");
  const std::string text = page();
  size_t num_options = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), kOption), end; at != end; ++at) {
    const std::string recipe = (*at)[1].matched ? (*at)[1] : (*at)[2];
    EXPECT_TRUE(parse_recipe(recipe)) << recipe;
    ++num_options;
  }
  EXPECT_GE(num_options, 3U);
}

TEST(ConditionsPage, ItsMixturesAndDefaultAreTheCodes) {
  EXPECT_EQ(block("mixtures"), known_mixtures() + "\n");
  EXPECT_NE(page().find("learn from `" + std::string(kRobustRecipe) + "`"), std::string::npos);
  EXPECT_NE(page().find(fmt::format("at most {} in all", kMaxCopies)), std::string::npos);
}

}  // namespace
}  // namespace sermo::augment
