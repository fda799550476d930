#include "sermo/model/vote/vote.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "sermo/base/mt19937.h"
#include "sermo/model/artifact.h"
#include "sermo/model/knn/knn_core.h"
#include "sermo/model/pipeline.h"

namespace sermo::model {
namespace {

constexpr size_t kFeatures = 3;
constexpr size_t kLabels = 4;

Matrix random_rows(size_t num_rows, uint32_t seed) {
  Matrix rows(num_rows, kFeatures);
  RandomState random(seed);
  for (size_t r = 0; r < num_rows; ++r) {
    for (float& value : rows.row(r)) value = static_cast<float>(random.random_sample() * 4.0 - 2.0);
  }
  return rows;
}

std::shared_ptr<const Core> neighbours(size_t num_neighbors, uint32_t seed) {
  KnnOptions options{.num_labels = kLabels,
                     .num_neighbors = num_neighbors,
                     .rows = random_rows(40, seed),
                     .labels = std::vector<int>(40)};
  for (size_t r = 0; r < 40; ++r) options.labels[r] = static_cast<int>(r % kLabels);
  return KnnCore::create(std::move(options)).value();
}

std::vector<VoteCore::Member> members() {
  return {{"near", 3.0, neighbours(3, 1), {}},
          {"far", 1.0, neighbours(9, 2), {.temperature = 1.7, .smoothing = 0.02}}};
}

TEST(Vote, IsTheWeightedMeanOfItsCalibratedMembers) {
  const auto vote = VoteCore::create(members()).value();
  const Matrix rows = random_rows(25, 3);
  Matrix near;
  Matrix far;
  Matrix got;
  members()[0].core->predict_proba(rows, near);
  members()[1].core->predict_proba(rows, far);
  members()[1].calibrator.apply(far);
  vote->predict_proba(rows, got);
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    for (size_t k = 0; k < kLabels; ++k) {
      EXPECT_NEAR(got(r, k), 0.75f * near(r, k) + 0.25f * far(r, k), 1e-6f);
    }
  }
}

TEST(Vote, ImpossibleMembersAreRefused) {
  EXPECT_EQ(VoteCore::create({}).error().code, ErrorCode::kTooShort);
  const auto with_weights = [](double a, double b) {
    std::vector<VoteCore::Member> two = members();
    two[0].weight = a;
    two[1].weight = b;
    return VoteCore::create(two).error().code;
  };
  EXPECT_EQ(with_weights(0.0, 0.0), ErrorCode::kCorrupt);
  EXPECT_EQ(with_weights(-1.0, 2.0), ErrorCode::kCorrupt);
  EXPECT_EQ(with_weights(1.0, std::numeric_limits<double>::infinity()), ErrorCode::kCorrupt);
  std::vector<VoteCore::Member> nested = members();
  nested.push_back({"vote", 1.0, VoteCore::create(members()).value(), {}});
  EXPECT_EQ(VoteCore::create(nested).error().code, ErrorCode::kCorrupt);
}

void expect_to_survive(Pooling pooling) {
  Artifact artifact;
  artifact.metadata.name = "vote";
  artifact.classifier =
      Pipeline::create({"test/1", kFeatures, {"a", "b", "c", "d"}},
                       Scaler::create({0.1f, 0.2f, 0.3f}, {1.0f, 0.5f, 2.0f}).value(),
                       VoteCore::create(members(), pooling).value(), {.temperature = 0.8, .smoothing = 0.01})
          .value();
  const std::string bytes = serialise(artifact).value();
  const Artifact read = parse_artifact(std::as_bytes(std::span(bytes))).value();
  EXPECT_EQ(read.classifier->family(), "vote");
  const auto& core =
      dynamic_cast<const VoteCore&>(dynamic_cast<const Pipeline&>(*read.classifier).core());
  EXPECT_EQ(core.pooling(), pooling);
  ASSERT_EQ(core.members().size(), 2u);
  EXPECT_EQ(core.members()[0].name, "near");
  EXPECT_FLOAT_EQ(static_cast<float>(core.members()[0].weight), 0.75f);
  const Matrix rows = random_rows(30, 5);
  Matrix before;
  Matrix after;
  artifact.classifier->predict_proba(rows, before);
  read.classifier->predict_proba(rows, after);
  EXPECT_TRUE(std::ranges::equal(before.values(), after.values()));
  EXPECT_EQ(serialise(read).value(), bytes);
}

TEST(Vote, SurvivesItsFileBitForBit) {
  expect_to_survive(Pooling::kLinear);
  expect_to_survive(Pooling::kLogarithmic);
}

TEST(Vote, PoolsAsItWasTold) {
  const auto vote = VoteCore::create(members(), Pooling::kLogarithmic).value();
  const Matrix rows = random_rows(10, 3);
  std::vector<Matrix> answers(2);
  for (size_t m = 0; m < 2; ++m) {
    vote->members()[m].core->predict_proba(rows, answers[m]);
    vote->members()[m].calibrator.apply(answers[m]);
  }
  Matrix want;
  Matrix got;
  pool(Pooling::kLogarithmic, answers, std::vector{0.75, 0.25}, want);
  vote->predict_proba(rows, got);
  EXPECT_TRUE(std::ranges::equal(got.values(), want.values()));
}

}  // namespace
}  // namespace sermo::model
