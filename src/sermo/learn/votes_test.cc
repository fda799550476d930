#include "sermo/learn/votes.h"

#include <gtest/gtest.h>

#include "sermo/learn/registry.h"

namespace sermo::learn {
namespace {

TEST(Votes, MembersOfTheNamedVotesAreLearners) {
  EXPECT_EQ(all_votes().size(), 4u);
  for (const VoteDefinition& vote : all_votes()) {
    EXPECT_TRUE(names_a_vote(vote.name));
    EXPECT_FALSE(find_learner(vote.name)) << "a vote's name must not be a learner's";
    for (const std::string& member : vote.members) EXPECT_TRUE(find_learner(member)) << member;
  }
}

TEST(Votes, AnyListOfLearnersMayVote) {
  const VoteDefinition vote = find_vote("vote(svm,et,mlp)").value();
  EXPECT_EQ(vote.name, "vote(svm,et,mlp)");
  EXPECT_EQ(vote.title, "Vote of svm, et and mlp");
  EXPECT_EQ(vote.members, (std::vector<std::string>{"svm", "et", "mlp"}));
  EXPECT_EQ(find_vote("vote(svm)").value().title, "Vote of svm");
}

TEST(Votes, WhatIsNoVoteIsRefused) {
  EXPECT_FALSE(names_a_vote("svm"));
  EXPECT_EQ(find_vote("svm").error().code, ErrorCode::kUsage);
  EXPECT_EQ(find_vote("vote()").error().code, ErrorCode::kUsage);
  EXPECT_EQ(find_vote("vote(svm,svm)").error().code, ErrorCode::kUsage);
  EXPECT_EQ(find_vote("vote(svm,nobody)").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(find_vote("vote(svm,)").value().members.size(), 1u);
  EXPECT_EQ(find_vote("vote(svm").error().code, ErrorCode::kUsage);
  EXPECT_EQ(find_vote("vote(rf_gb_et)").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace sermo::learn
