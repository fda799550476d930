#include "sermo/model/nn/nn_onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sermo_onnx.pb.h>

#include <functional>

#include "python.h"
#include "random_net.h"
#include "sermo/base/npy.h"
#include "sermo/model/artifact.h"
#include "sermo/model/nn/architectures.h"
#include "sermo/model/pipeline.h"

namespace sermo::model::nn {
namespace {

using sermo::testing::random_net;
using sermo::testing::random_rows;
using ::testing::HasSubstr;

constexpr size_t kNumFeatures = 37;

std::vector<Graph> graphs() {
  std::vector<Graph> all{mlp(8), cnn1d(8), lstm(8), gru(8), cnn_lstm(8)};
  // What the five do not have: states of all steps flattened, a rest of steps dropped by pooling.
  for (const char* text :
       {"sequence gru(5,sequences) max_pool(4) lstm(3,sequences) flatten dense(2) softmax",
        "batch_norm sequence conv1d(3,7) batch_norm relu max_pool(5) gru(4) softmax"})
    all.push_back(*parse_graph(text));
  return all;
}

Artifact artifact(const Graph& graph) {
  Artifact out;
  out.metadata.name = "net";
  out.metadata.title = "Net";
  out.metadata.protocol = "honest";
  Signature signature{"schema", kNumFeatures, {}};
  const auto net = random_net(graph, kNumFeatures);
  for (size_t k = 0; k < net->num_labels(); ++k) signature.labels.push_back(std::to_string(k));
  const Scaler scaler = *Scaler::create(std::vector<float>(kNumFeatures, 0.25f),
                                        std::vector<float>(kNumFeatures, 1.5f));
  out.classifier = *Pipeline::create(signature, scaler, net);
  return out;
}

Result<Artifact> parse(const std::string& bytes) {
  return parse_artifact(std::as_bytes(std::span(bytes)));
}

TEST(NnOnnx, ComesBackWithTheSameBits) {
  for (const Graph& graph : graphs()) {
    const Artifact written = artifact(graph);
    const std::string bytes = serialise(written).value();
    const Result<Artifact> read = parse(bytes);
    ASSERT_TRUE(read) << to_text(graph) << ": " << read.error().message;
    const auto& core = dynamic_cast<const Pipeline&>(*read->classifier).core();
    EXPECT_EQ(dynamic_cast<const NeuralNet&>(core).graph(), graph);
    Matrix before;
    Matrix after;
    written.classifier->predict_proba(random_rows(5, kNumFeatures), before);
    read->classifier->predict_proba(random_rows(5, kNumFeatures), after);
    for (size_t i = 0; i < before.values().size(); ++i)
      EXPECT_EQ(after.values()[i], before.values()[i]) << to_text(graph);
    EXPECT_EQ(serialise(*read).value(), bytes);
  }
}

// Another runtime must understand the file, and agree: single rows, a batch, and none.
TEST(NnOnnx, OnnxRuntimeGivesTheSameProbabilities) {
  SERMO_REQUIRE_PYTHON_MODULE("onnx, onnxruntime");
  const sermo::testing::TemporaryFolder folder;
  const Matrix rows = random_rows(33, kNumFeatures);
  ASSERT_TRUE(write_npy(folder.path() / "x.npy", NpyArray::from_matrix(rows)));
  for (size_t g = 0; g < graphs().size(); ++g) {
    const Artifact written = artifact(graphs()[g]);
    Matrix probabilities;
    written.classifier->predict_proba(rows, probabilities);
    const std::string name = "net" + std::to_string(g);
    ASSERT_TRUE(write_artifact(folder.path() / (name + ".onnx"), written));
    ASSERT_TRUE(write_npy(folder.path() / (name + ".npy"), NpyArray::from_matrix(probabilities)));
  }
  const auto run = sermo::testing::run_python(R"(
import pathlib, sys
import numpy as np, onnx, onnxruntime
folder = pathlib.Path(sys.argv[1])
x = np.load(folder / "x.npy")
models = sorted(folder.glob("*.onnx"))
assert len(models) == 7, models
for path in models:
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path)
    ours = np.load(path.with_suffix(".npy"))
    label, theirs = session.run(["label", "probabilities"], {"features": x})
    single = np.concatenate([session.run(["probabilities"], {"features": x[i:i + 1]})[0] for i in range(len(x))])
    print(path.name, np.abs(theirs - ours).max(), np.abs(single - ours).max(), np.ptp(ours, axis=0).max())
    assert np.abs(theirs - ours).max() <= 1e-5 and np.abs(single - ours).max() <= 1e-5
    assert [int(l) for l in label] == list(ours.argmax(axis=1))
    assert np.ptp(ours, axis=0).max() > 1e-3, "the rows must not all get one answer"
)",
                                              folder.path());
  EXPECT_EQ(run.exit_status, 0) << run.output;
  std::cout << run.output;
}

// The net's artifact after somebody changed the message in it.
Error error_after(const std::function<void(sermo_onnx::GraphProto&)>& edit) {
  sermo_onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(serialise(artifact(cnn_lstm(8))).value()));
  edit(*model.mutable_graph());
  const Result<Artifact> read = parse(model.SerializeAsString());
  EXPECT_FALSE(read);
  return read ? Error{} : read.error();
}

sermo_onnx::NodeProto& last_node(sermo_onnx::GraphProto& graph) {
  for (auto& node : *graph.mutable_node())
    if (node.name() == "core/softmax_1") return node;
  ADD_FAILURE() << "no softmax";
  return *graph.add_node();
}

TEST(NnOnnxFaults, ADescriptionThatIsNone) {
  const auto error_with = [](const char* text) {
    return error_after([&](auto& graph) { last_node(graph).set_doc_string(text); });
  };
  EXPECT_EQ(error_with("").code, ErrorCode::kMismatch);
  EXPECT_THAT(error_with("attention(3)").message, HasSubstr("unknown layer: attention(3)"));
  EXPECT_THAT(error_with("dense(7) softmax").message, HasSubstr("a net of 7 labels, wanted 8"));
  EXPECT_THAT(error_with("dense(8) softmax").message,
              HasSubstr("initialiser core/dense_1/kernel: shape [64, 64], wanted [37, 8]"));
  // Much memory is not taken for what the file does not hold.
  EXPECT_THAT(error_with("dense(60000) dense(4000) dense(8) softmax").message,
              HasSubstr("initialiser core/dense_1/kernel"));
}

TEST(NnOnnxFaults, WeightsThatAreNotThere) {
  const Error error = error_after([](auto& graph) {
    for (auto& tensor : *graph.mutable_initializer())
      if (tensor.name() == "core/lstm_1/kernel") tensor.set_name("core/lstm_2/kernel");
  });
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_THAT(error.message, HasSubstr("no initialiser core/lstm_1/kernel"));
}

}  // namespace
}  // namespace sermo::model::nn
