#include "sermo/learn/registry.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "sermo/learn/votes.h"
#include "test_paths.h"

namespace sermo::learn {
namespace {

TEST(Registry, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const auto& learner : all_learners()) {
    EXPECT_TRUE(names.insert(learner->name()).second) << learner->name();
    EXPECT_FALSE(learner->title().empty());
    EXPECT_EQ(find_learner(learner->name()).value(), learner);
  }
  EXPECT_EQ(find_learner("nobody").error().code, ErrorCode::kNotFound);
}

TEST(Registry, EveryModelHasAPage) {
  const std::filesystem::path pages = testing::source_dir() / "docs" / "models";
  for (const auto& learner : all_learners()) {
    const std::string page = std::string(learner->name()) + ".md";
    EXPECT_TRUE(std::filesystem::exists(pages / page)) << "docs/models/" << page << " is missing";
  }
  EXPECT_TRUE(std::filesystem::exists(pages / "votes.md"));
}

}  // namespace
}  // namespace sermo::learn
