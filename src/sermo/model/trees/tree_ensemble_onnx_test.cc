#include "sermo/model/trees/tree_ensemble_onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sermo_onnx.pb.h>

#include <functional>

#include "python.h"
#include "random_trees.h"
#include "sermo/base/npy.h"
#include "sermo/model/artifact.h"
#include "sermo/model/pipeline.h"
#include "sermo/model/trees/tree_ensemble.h"

namespace sermo::model {
namespace {

using sermo::testing::random_ensemble;
using sermo::testing::random_tree_rows;
using ::testing::HasSubstr;

constexpr size_t kNumFeatures = 6;

std::vector<TreeEnsembleOptions> ensembles() {
  std::vector<TreeEnsembleOptions> all;
  for (const TreeAggregation aggregation : {TreeAggregation::kMean, TreeAggregation::kSoftmax}) {
    for (const size_t num_labels : {2, 5}) {
      for (const size_t num_trees : {1, 30, 250})
        all.push_back(random_ensemble(static_cast<uint32_t>(all.size()), aggregation, kNumFeatures,
                                      num_labels, num_trees));
    }
  }
  // Two classes and pure leaves: a row for which every tree names one class, and ties.
  TreeEnsembleOptions pure{kNumFeatures, 2, TreeAggregation::kMean, {}, {}};
  for (uint32_t t = 0; t < 100; ++t) {
    Tree tree;
    tree.nodes = {{0, 0.02f * static_cast<float>(t) - 1.0f, 1, 2},
                  {Tree::kLeaf, 0.0f, 0, 1},
                  {Tree::kLeaf, 0.0f, 1, 2}};
    tree.leaf_values = {{t % 2, 1.0f}, {1, 1.0f}};
    pure.trees.push_back(tree);
  }
  all.push_back(pure);
  return all;
}

Artifact artifact(const TreeEnsembleOptions& options) {
  Artifact out;
  out.metadata.name = "trees";
  out.metadata.title = "Trees";
  Signature signature{"schema", kNumFeatures, {}};
  for (size_t k = 0; k < options.num_labels; ++k) signature.labels.push_back(std::to_string(k));
  const Scaler scaler = *Scaler::create(std::vector<float>(kNumFeatures, 0.25f),
                                        std::vector<float>(kNumFeatures, 1.5f));
  out.classifier = *Pipeline::create(signature, scaler, *TreeEnsemble::create(options));
  return out;
}

Result<Artifact> parse(const std::string& bytes) {
  return parse_artifact(std::as_bytes(std::span(bytes)));
}

TEST(TreeEnsembleOnnx, ComesBackWithTheSameBits) {
  for (const TreeEnsembleOptions& options : ensembles()) {
    const Artifact written = artifact(options);
    const std::string bytes = serialise(written).value();
    const Result<Artifact> read = parse(bytes);
    ASSERT_TRUE(read) << read.error().message;
    const Matrix rows = random_tree_rows(1, 50, kNumFeatures);
    Matrix before, after;
    written.classifier->predict_proba(rows, before);
    read->classifier->predict_proba(rows, after);
    EXPECT_TRUE(std::ranges::equal(before.values(), after.values()));
    EXPECT_EQ(serialise(*read).value(), bytes);
  }
}

// Another runtime must understand the file, and agree: single rows and a batch.
TEST(TreeEnsembleOnnx, OnnxRuntimeGivesTheSameProbabilities) {
  SERMO_REQUIRE_PYTHON_MODULE("onnx, onnxruntime");
  const sermo::testing::TemporaryFolder folder;
  Matrix rows = random_tree_rows(2, 60, kNumFeatures);
  // Thresholds themselves, seen through the scaler (scale 1.5, offset 0.25, both exact).
  const std::vector<TreeEnsembleOptions> all = ensembles();
  for (size_t r = 0; r < 20; ++r)
    rows(r, 0) = all.back().trees[r * 3].nodes[0].threshold / 1.5f + 0.25f;
  rows(20, 0) = -100.0f;
  rows(21, 0) = 100.0f;
  ASSERT_TRUE(write_npy(folder.path() / "x.npy", NpyArray::from_matrix(rows)));
  for (size_t i = 0; i < all.size(); ++i) {
    const Artifact written = artifact(all[i]);
    Matrix probabilities;
    written.classifier->predict_proba(rows, probabilities);
    const std::string name = "trees" + std::to_string(i);
    ASSERT_TRUE(write_artifact(folder.path() / (name + ".onnx"), written));
    ASSERT_TRUE(write_npy(folder.path() / (name + ".npy"), NpyArray::from_matrix(probabilities)));
  }
  const auto run = sermo::testing::run_python(R"(
import pathlib, sys
import numpy as np, onnx, onnxruntime
folder = pathlib.Path(sys.argv[1])
x = np.load(folder / "x.npy")
models = sorted(folder.glob("*.onnx"))
assert len(models) == 13, models
for path in models:
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path)
    ours = np.load(path.with_suffix(".npy"))
    label, theirs = session.run(["label", "probabilities"], {"features": x})
    single = np.concatenate([session.run(["probabilities"], {"features": x[i:i + 1]})[0] for i in range(len(x))])
    print(path.name, np.abs(theirs - ours).max(), np.abs(single - ours).max(), np.ptp(ours, axis=0).max())
    assert np.abs(theirs - ours).max() <= 1e-5 and np.abs(single - ours).max() <= 1e-5
    assert [int(l) for l in label] == list(ours.argmax(axis=1))
)",
                                              folder.path());
  EXPECT_EQ(run.exit_status, 0) << run.output;
}

// The artifact of a small forest or boosted ensemble after somebody changed its graph.
std::string message_after(const std::function<void(sermo_onnx::GraphProto&)>& edit,
                          TreeAggregation aggregation = TreeAggregation::kMean) {
  sermo_onnx::ModelProto model;
  const Artifact written = artifact(random_ensemble(4, aggregation, kNumFeatures, 3, 5));
  EXPECT_TRUE(model.ParseFromString(serialise(written).value()));
  edit(*model.mutable_graph());
  const Result<Artifact> read = parse(model.SerializeAsString());
  EXPECT_FALSE(read);
  if (read) return "no error";
  EXPECT_THAT(read.error().code, ::testing::AnyOf(ErrorCode::kCorrupt, ErrorCode::kMismatch));
  return read.error().message;
}

sermo_onnx::NodeProto& node(sermo_onnx::GraphProto& graph, const std::string& name) {
  for (sermo_onnx::NodeProto& candidate : *graph.mutable_node()) {
    if (candidate.name() == name) return candidate;
  }
  ADD_FAILURE() << "no node " << name;
  return *graph.add_node();
}

sermo_onnx::AttributeProto& attribute(sermo_onnx::GraphProto& graph, const std::string& name) {
  for (auto& candidate : *node(graph, "core/trees").mutable_attribute()) {
    if (candidate.name() == name) return candidate;
  }
  ADD_FAILURE() << "no attribute " << name;
  return *node(graph, "core/trees").add_attribute();
}

TEST(TreeEnsembleOnnx, RefusesWhatIsNotATreeEnsemble) {
  using Graph = sermo_onnx::GraphProto;
  const auto set_int = [](const char* name, int index, int64_t value) {
    return message_after([=](Graph& g) { attribute(g, name).set_ints(index, value); });
  };
  EXPECT_THAT(set_int("nodes_featureids", 0, 6), HasSubstr("compares feature"));
  EXPECT_THAT(set_int("nodes_featureids", 0, -1), HasSubstr("compares feature"));
  EXPECT_THAT(set_int("nodes_featureids", 0, int64_t{1} << 32), HasSubstr("compares feature"));
  EXPECT_THAT(set_int("nodes_featureids", 0, 0xffffffff), HasSubstr("compares feature"));
  EXPECT_THAT(set_int("nodes_truenodeids", 0, 0), HasSubstr("reached in two ways"));
  EXPECT_THAT(set_int("nodes_falsenodeids", 0, -1), HasSubstr("child"));
  EXPECT_THAT(set_int("nodes_falsenodeids", 0, int64_t{1} << 40), HasSubstr("child"));
  EXPECT_THAT(set_int("nodes_nodeids", 1, 2), HasSubstr("out of order"));
  EXPECT_THAT(set_int("nodes_nodeids", 0, 1), HasSubstr("out of order"));
  EXPECT_THAT(set_int("nodes_treeids", 0, 1), HasSubstr("out of order"));
  EXPECT_THAT(set_int("nodes_treeids", 1, -1), HasSubstr("out of order"));
  EXPECT_THAT(set_int("target_treeids", 0, 1), HasSubstr("core/trees"));
  EXPECT_THAT(set_int("target_nodeids", 0, 0), HasSubstr("core/trees"));
  EXPECT_THAT(set_int("target_ids", 0, 3), HasSubstr("speaks of class 3"));
  EXPECT_THAT(set_int("target_ids", 0, -7), HasSubstr("speaks of class"));

  const auto grow = [](const char* name) {
    return message_after([=](Graph& g) { attribute(g, name).add_ints(0); });
  };
  EXPECT_THAT(grow("nodes_treeids"), HasSubstr("nodes"));
  EXPECT_THAT(grow("nodes_truenodeids"), HasSubstr("nodes"));
  EXPECT_THAT(grow("target_ids"), HasSubstr("values"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "nodes_values").add_floats(0.0f); }),
              HasSubstr("nodes"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "nodes_values").set_floats(0, NAN); }),
              HasSubstr("nodes_values has a value that is not finite"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "target_weights").set_floats(0, 1e9f); }),
              HasSubstr("a leaf's probabilities sum to"));
  EXPECT_THAT(
      message_after([](Graph& g) { attribute(g, "nodes_modes").set_strings(0, "BRANCH_LT"); }),
      HasSubstr("a node of mode BRANCH_LT"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "nodes_modes").set_strings(0, "LEAF"); }),
              HasSubstr("tree 0"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "nodes_modes").clear_strings(); }),
              HasSubstr("lists of"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "aggregate_function").set_s("MAX"); }),
              HasSubstr("aggregates by MAX"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "aggregate_function").set_s("SUM"); }),
              HasSubstr("no initialiser core/base_scores"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "n_targets").set_i(4); }),
              HasSubstr("4 classes, but the model has 3"));
  EXPECT_THAT(message_after([](Graph& g) { attribute(g, "nodes_values").set_name("x"); }),
              HasSubstr("no attribute nodes_values"));
  EXPECT_THAT(message_after([](Graph& g) { node(g, "core/trees").set_op_type("Sum"); }),
              HasSubstr("wanted TreeEnsembleRegressor"));
  EXPECT_THAT(message_after([](Graph& g) { node(g, "core/softmax").set_name("other"); },
                            TreeAggregation::kSoftmax),
              HasSubstr("no node core/softmax"));
  EXPECT_THAT(message_after([](Graph& g) { g.mutable_initializer(0)->set_dims(0, 4); },
                            TreeAggregation::kSoftmax),
              HasSubstr("core/base_scores"));
}

TEST(TreeEnsembleOnnx, FlippedBitsAreReadOrRefusedButNeverCrash) {
  const std::string bytes =
      serialise(artifact(random_ensemble(6, TreeAggregation::kMean, kNumFeatures, 3, 2))).value();
  ASSERT_LT(bytes.size(), 20'000u);
  const Matrix rows = random_tree_rows(3, 9, kNumFeatures);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
    const Result<Artifact> read = parse(damaged);
    if (!read || read->classifier->signature().num_features != kNumFeatures) continue;
    Matrix probabilities;
    read->classifier->predict_proba(rows, probabilities);
  }
}

}  // namespace
}  // namespace sermo::model
