// Files of every format ever released must keep loading and answering:
// tests/data/artifacts/<format> holds a tiny model of each family, written once and never again.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "random_net.h"
#include "sermo/base/file.h"
#include "sermo/model/artifact.h"
#include "sermo/model/kernel_ridge/kernel_ridge_core.h"
#include "sermo/model/knn/knn_core.h"
#include "sermo/model/linear/linear_core.h"
#include "sermo/model/onnx/core_codecs.h"
#include "sermo/model/pipeline.h"
#include "sermo/model/svm/svm_core.h"
#include "sermo/model/trees/tree_ensemble.h"
#include "sermo/model/verify.h"
#include "sermo/model/vote/vote.h"
#include "test_paths.h"

namespace sermo::model {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNumFeatures = 6;

Artifact tiny(const std::string& name, std::shared_ptr<const Core> core,
              const Calibrator& calibrator = {}) {
  Artifact out;
  out.metadata.name = name;
  out.metadata.title = "Tiny " + name;
  out.metadata.hyperparameters = {{"made_up", true}};
  out.metadata.seed = 42;
  out.metadata.protocol = "honest";
  out.metadata.dataset = {"none", 6, 2, "00ff"};
  out.metadata.metrics = {{"test", {{"clips", 3}, {"accuracy", 0.5}}}};
  out.metadata.calibration = {{"uncertain_below", 0.25}};
  out.metadata.sermo_version = "0.1.0";
  Signature signature{"tiny/1-0123456789ab", kNumFeatures, {"angry", "calm", "sad"}};
  out.classifier =
      Pipeline::create(
          std::move(signature),
          Scaler::create({0.25f, -1, 2, 0, 0.5f, 1}, {1, 2, 0.5f, 1, 3, 0.125f}).value(),
          std::move(core), calibrator)
          .value();
  out.known_rows = choose_known_rows(*out.classifier, testing::random_rows(60, kNumFeatures));
  return out;
}

std::vector<Artifact> tiny_artifacts() {
  const Matrix rows = testing::random_rows(6, kNumFeatures);
  Matrix coefficients(6, 3);
  for (size_t i = 0; i < 18; ++i)
    coefficients.data()[i] = 0.25f * static_cast<float>(i % 7) - 0.75f;
  std::vector<Artifact> all;
  all.push_back(tiny(
      "knn", KnnCore::create(
                 {.num_labels = 3, .num_neighbors = 3, .rows = rows, .labels = {0, 0, 1, 1, 2, 2}})
                 .value()));
  all.push_back(tiny("svm",
                     SvmCore::create({.num_labels = 3,
                                      .gamma = 0.125,
                                      .support_vectors = rows,
                                      .coefficients = coefficients,
                                      .offsets = {0.1, -0.2, 0.3},
                                      .slopes = {-2.0, -1.0, -3.0},
                                      .intercepts = {0.05, 0.0, -0.1}})
                         .value(),
                     {.temperature = 1.25, .smoothing = 0.01}));
  const auto trees = [](TreeAggregation aggregation, std::vector<float> base_scores) {
    Tree deep;
    deep.nodes = {{1, 0.25f, 1, 2},
                  {Tree::kLeaf, 0, 0, 1},
                  {4, -0.5f, 3, 4},
                  {Tree::kLeaf, 0, 1, 3},
                  {Tree::kLeaf, 0, 3, 4}};
    deep.leaf_values = {{0, 1.0f}, {0, 0.25f}, {2, 0.75f}, {1, 1.0f}};
    Tree flat;
    flat.nodes = {{5, 1.0f, 1, 2}, {Tree::kLeaf, 0, 0, 2}, {Tree::kLeaf, 0, 2, 3}};
    flat.leaf_values = {{1, 0.5f}, {2, 0.5f}, {0, 1.0f}};
    return TreeEnsemble::create(
               {kNumFeatures, 3, aggregation, std::move(base_scores), {deep, flat, deep}})
        .value();
  };
  all.push_back(tiny("forest", trees(TreeAggregation::kMean, {})));
  all.push_back(tiny("boosting", trees(TreeAggregation::kSoftmax, {0.125f, -0.25f, 0.5f})));
  const auto net = [](const char* graph) {
    return testing::random_net(nn::parse_graph(graph).value(), kNumFeatures);
  };
  all.push_back(tiny("dense_net", net("dense(5) relu batch_norm dropout(0.3) dense(3) softmax")));
  all.push_back(tiny("recurrent_net", net("sequence conv1d(4,3) relu max_pool(2) "
                                          "lstm(3,sequences) gru(2) dense(3) softmax")));
  all.push_back(
      tiny("linear",
           LinearCore::create(testing::random_rows(3, kNumFeatures), {0.5f, -0.25f, 0}).value()));
  all.push_back(tiny(
      "clipped_linear",
      LinearCore::create(testing::random_rows(3, kNumFeatures), {0.5f, -0.25f, 0}, 1.5f).value()));
  all.push_back(
      tiny("kernel_ridge", KernelRidgeCore::create({.num_labels = 3,
                                                    .gamma = 0.125,
                                                    .sharpness = 3.0,
                                                    .clip = 2.0f,
                                                    .projection = Matrix(),
                                                    .rows = testing::random_rows(2, kNumFeatures),
                                                    .coefficients = {0.5, -0.25, 0, 0.125, 1, -1}})
                               .value()));
  all.push_back(tiny(
      "projected_kernel_ridge",
      KernelRidgeCore::create({.num_labels = 3,
                               .gamma = 0.125,
                               .sharpness = 3.0,
                               .clip = 2.0f,
                               .projection = testing::random_rows(kNumFeatures, 2),
                               .rows = testing::random_rows(3, 2),
                               .coefficients = {0.5, -0.25, 0, 0.125, 1, -1, 0.75, 0, -0.5}})
          .value()));
  const auto core = [&](size_t index) {
    return dynamic_cast<const Pipeline&>(*all[index].classifier).shared_core();
  };
  all.push_back(tiny("vote", VoteCore::create({{"knn", 1.0, core(0), {}},
                                               {"svm", 3.0, core(1), {.temperature = 0.5}}})
                                 .value()));
  all.push_back(tiny("logarithmic_vote",
                     VoteCore::create({{"knn", 1.0, core(0), {}},
                                       {"svm", 3.0, core(1), {.temperature = 0.5}}},
                                      Pooling::kLogarithmic)
                         .value()));
  return all;
}

TEST(ArtifactFormat, OneTinyModelOfEachFamilyIsKept) {
  for (const Artifact& artifact : tiny_artifacts()) {
    const std::string file = artifact.metadata.name + ".onnx";
    const fs::path kept =
        testing::test_data() / "artifacts" / std::to_string(kArtifactFormat) / file;
    if (fs::exists(kept)) continue;
    const fs::path made = testing::binary_dir() / "artifacts" / file;
    ASSERT_TRUE(write_artifact(made, artifact));
    ADD_FAILURE() << kept << " is absent; " << made << " was written to take its place";
  }
}

TEST(ArtifactFormat, KeptModelsLoadAnswerAndAreWrittenAgainToTheByte) {
  std::set<std::string_view> families;
  for (const auto& file : fs::recursive_directory_iterator(testing::test_data() / "artifacts")) {
    if (file.path().extension() != ".onnx") continue;
    const Result<Artifact> artifact = read_artifact(file.path());
    ASSERT_TRUE(artifact) << artifact.error().message;
    families.insert(onnx::find_core_codec(artifact->classifier->family())->family);
    EXPECT_FALSE(artifact->known_rows.labels.empty()) << file.path();
    const Result<void> answers = check_known_rows(*artifact);
    EXPECT_TRUE(answers) << file.path() << ": " << answers.error().message;
    if (file.path().parent_path().filename() == std::to_string(kArtifactFormat)) {
      EXPECT_EQ(serialise(*artifact).value(), read_text_file(file.path()).value())
          << file.path() << ": the form changed without its number";
    }
  }
  for (const onnx::CoreCodec& codec : onnx::core_codecs())
    EXPECT_TRUE(families.contains(codec.family)) << "no model of the family " << codec.family;
}

}  // namespace
}  // namespace sermo::model
