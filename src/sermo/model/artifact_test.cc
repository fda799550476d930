#include "sermo/model/artifact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sermo_onnx.pb.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/file.h"
#include "sermo/model/knn/knn_core.h"
#include "sermo/model/pipeline.h"
#include "temporary_folder.h"

namespace sermo::model {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Three classes around (0, 0), (10, 0) and (0, 10), two features.
std::shared_ptr<const Pipeline> classifier(const Calibrator& calibrator = {}) {
  KnnOptions options{
      .num_labels = 3, .num_neighbors = 3, .rows = Matrix(9, 2), .labels = std::vector<int>(9)};
  for (size_t r = 0; r < 9; ++r) {
    const size_t label = r / 3;
    options.rows(r, 0) = (label == 1 ? 10.0f : 0.0f) + 0.1f * static_cast<float>(r);
    options.rows(r, 1) = (label == 2 ? 10.0f : 0.0f) - 0.2f * static_cast<float>(r);
    options.labels[r] = static_cast<int>(label);
  }
  return Pipeline::create(
             {.schema_id = "two/1-abc", .num_features = 2, .labels = {"calm", "sad", "zornig ü"}},
             Scaler::create({1.0f, -2.0f}, {1.0f, 0.5f}).value(),
             KnnCore::create(std::move(options)).value(), calibrator)
      .value();
}

const Matrix& rows() {
  static const Matrix rows({0.5f, 0.1f, 11.0f, 0.0f, 0.0f, 22.0f, 6.0f, 7.0f, 5.9f, -3.0f}, 5, 2);
  return rows;
}

Artifact artifact(const Calibrator& calibrator = {}) {
  Artifact out;
  out.metadata = {.name = "knn",
                  .title = "k nearest neighbours",
                  .hyperparameters = {{"num_neighbors", 3}},
                  .seed = 0xFFFFFFFFFFFFFFFFu,
                  .protocol = "honest",
                  .dataset = {"made up", 9, 3, "0123abcd"},
                  .training = {{"clips", 7}, {"copies", 14}, {"conditions", {{"room", 14}}}},
                  .metrics = {{"test", {{"clips", 5}, {"accuracy", 0.8}}}},
                  .calibration = {{"ece", 0.05}},
                  .sermo_version = "0.1.0"};
  out.classifier = classifier(calibrator);
  out.known_rows = choose_known_rows(*out.classifier, rows());
  return out;
}

std::string bytes_of(const Artifact& artifact) { return serialise(artifact).value(); }

Result<Artifact> parse(std::string_view bytes) {
  return parse_artifact(std::as_bytes(std::span(bytes)));
}

Error error_of(std::string_view bytes) {
  const Result<Artifact> parsed = parse(bytes);
  EXPECT_FALSE(parsed.has_value());
  return parsed ? Error{} : parsed.error();
}

// The artifact's bytes after somebody changed the message in them.
std::string edited(const std::function<void(sermo_onnx::ModelProto&)>& edit,
                   const Calibrator& calibrator = {}) {
  sermo_onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(bytes_of(artifact(calibrator))));
  edit(model);
  return model.SerializeAsString();
}

std::string with_property(std::string_view key, const std::string& value) {
  return edited([&](sermo_onnx::ModelProto& model) {
    for (auto& entry : *model.mutable_metadata_props()) {
      if (entry.key() == key) entry.set_value(value);
    }
  });
}

sermo_onnx::NodeProto& node(sermo_onnx::ModelProto& model, std::string_view name) {
  for (auto& candidate : *model.mutable_graph()->mutable_node()) {
    if (candidate.name() == name) return candidate;
  }
  ADD_FAILURE() << "no node " << name;
  return *model.mutable_graph()->add_node();
}

sermo_onnx::TensorProto& initializer(sermo_onnx::ModelProto& model, std::string_view name) {
  for (auto& candidate : *model.mutable_graph()->mutable_initializer()) {
    if (candidate.name() == name) return candidate;
  }
  ADD_FAILURE() << "no initialiser " << name;
  return *model.mutable_graph()->add_initializer();
}

void expect_same_answers(const Classifier& a, const Classifier& b) {
  Matrix from_a;
  Matrix from_b;
  a.predict_proba(rows(), from_a);
  b.predict_proba(rows(), from_b);
  for (size_t i = 0; i < from_a.values().size(); ++i)
    EXPECT_EQ(from_a.values()[i], from_b.values()[i]);
}

TEST(Artifact, ComesBackAsItWas) {
  for (const Calibrator calibrator : {Calibrator{}, Calibrator{1.0 / 3.0, 0.1}}) {
    const Artifact written = artifact(calibrator);
    const Result<Artifact> read = parse(bytes_of(written));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->metadata, written.metadata);
    EXPECT_EQ(read->classifier->signature(), written.classifier->signature());
    EXPECT_EQ(read->classifier->family(), "knn");
    EXPECT_EQ(read->classifier->calibrator(), calibrator);
    EXPECT_EQ(read->known_rows.labels, written.known_rows.labels);
    EXPECT_THAT(read->known_rows.features.values(),
                ::testing::ElementsAreArray(written.known_rows.features.values()));
    EXPECT_THAT(read->known_rows.probabilities.values(),
                ::testing::ElementsAreArray(written.known_rows.probabilities.values()));
    expect_same_answers(*read->classifier, *written.classifier);
  }
}

TEST(Artifact, SameArtifactSameBytesAndReadingChangesNone) {
  const std::string bytes = bytes_of(artifact({2.0, 0.0}));
  EXPECT_EQ(bytes, bytes_of(artifact({2.0, 0.0})));
  EXPECT_EQ(bytes, bytes_of(parse(bytes).value()));
}

TEST(Artifact, DeclaresWhatAnyRuntimeNeeds) {
  sermo_onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(bytes_of(artifact())));
  EXPECT_EQ(model.ir_version(), 8);
  EXPECT_EQ(model.opset_import(0).version(), 15);
  EXPECT_EQ(model.opset_import(1).version(), 3);
  EXPECT_EQ(model.graph().input(0).name(), "features");
  EXPECT_EQ(model.graph().output(0).name(), "label");
  EXPECT_EQ(model.graph().output(1).name(), "probabilities");
}

TEST(Artifact, WritesAndReadsFiles) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "models" / "knn.onnx";
  ASSERT_TRUE(write_artifact(path, artifact()));
  const Result<Artifact> read = read_artifact(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->metadata, artifact().metadata);

  ASSERT_TRUE(write_file_atomically(path, std::string_view("no model")));
  const Error error = read_artifact(path).error();
  EXPECT_THAT(error.message, AllOf(HasSubstr("knn.onnx"), HasSubstr("not an ONNX file")));
  EXPECT_EQ(read_artifact(folder.path() / "none.onnx").error().code, ErrorCode::kNotFound);
}

TEST(ChooseKnownRows, TakesOneClearAnswerOfEachLabel) {
  const KnownRows known = choose_known_rows(*classifier(), rows());
  EXPECT_THAT(known.labels, ElementsAre("calm", "sad", "zornig ü"));
  EXPECT_EQ(known.features(1, 0), 11.0f);
  EXPECT_EQ(known.probabilities(1, 1), 1.0f);
  EXPECT_EQ(choose_known_rows(*classifier(), rows(), 2).labels.size(), 2u);
  EXPECT_TRUE(choose_known_rows(*classifier(), Matrix(0, 2)).labels.empty());
}

TEST(ArtifactFaults, NotOnnx) {
  for (std::string_view bytes :
       {std::string_view(""), std::string_view("RIFF....WAVEfmt "), std::string_view("{\"a\":1}"),
        std::string_view("\0\0\0", 3), std::string_view("\x08")}) {
    const Error error = error_of(bytes);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported) << bytes;
    EXPECT_THAT(error.message, HasSubstr("not an ONNX file")) << bytes;
  }
}

TEST(ArtifactFaults, OnnxOfOthers) {
  for (const std::string& bytes :
       {edited([](auto& model) { model.set_producer_name("skl2onnx"); }),
        edited([](auto& model) { model.clear_producer_name(); }),
        edited([](auto& model) { model.add_functions()->set_name("f"); }), edited([](auto& model) {
          auto& attribute = *node(model, "scaler").add_attribute();
          attribute.mutable_g()->add_node();
        }),
        edited([](auto& model) { initializer(model, "core/rows").add_float_data(1.0f); })}) {
    const Error error = error_of(bytes);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported);
    EXPECT_THAT(error.message, HasSubstr("not one of Sermo's"));
  }
}

TEST(ArtifactFaults, AnotherFormat) {
  const Error error = error_of(with_property("sermo_format", "2"));
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message, HasSubstr("format 2, but this version reads format 1"));
}

TEST(ArtifactFaults, UnknownFamily) {
  const Error error = error_of(with_property("family", "oracle"));
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message, HasSubstr("family 'oracle'"));
}

TEST(ArtifactFaults, CutAnywhere) {
  const std::string bytes = bytes_of(artifact({2.0, 0.0}));
  for (size_t length = 0; length < bytes.size(); ++length) {
    const Error error = error_of(std::string_view(bytes).substr(0, length));
    // Within the first few bytes nothing tells a model from other files.
    if (length > 12) {
      EXPECT_EQ(error.code, ErrorCode::kCorrupt) << length << ": " << error.message;
      EXPECT_THAT(error.message, AnyOf(HasSubstr("truncated"), HasSubstr("in its metadata")))
          << length;
    }
  }
}

TEST(ArtifactFaults, FlippedBitsAreReadOrRefusedButNeverCrash) {
  const std::string bytes = bytes_of(artifact({2.0, 0.0}));
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      const Result<Artifact> read = parse(damaged);
      if (!read) {
        EXPECT_FALSE(read.error().message.empty());
        continue;
      }
      Matrix probabilities;
      read->classifier->predict_proba(Matrix(1, read->classifier->signature().num_features),
                                      probabilities);
    }
  }
}

TEST(ArtifactFaults, LabelsThatContradictEachOther) {
  const auto message = [](const std::string& bytes) {
    const Error error = error_of(bytes);
    EXPECT_EQ(error.code, ErrorCode::kCorrupt);
    return error.message;
  };
  EXPECT_THAT(message(with_property("labels", R"(["calm","sad"])")),
              HasSubstr("its metadata has 2 labels, its graph 3"));
  EXPECT_THAT(message(with_property("labels", R"(["sad","calm","zornig ü"])")),
              HasSubstr("label 0 is sad in its metadata, but 0 is calm in its graph"));
  EXPECT_THAT(message(with_property("labels", R"(["calm","calm","sad"])")), HasSubstr("twice"));
  EXPECT_THAT(message(with_property("labels", R"(["calm"])")), HasSubstr("at least two"));
  EXPECT_THAT(message(with_property("labels", R"(["calm",7,""])")), HasSubstr("not all names"));
  EXPECT_THAT(message(with_property("labels", "calm")), HasSubstr("labels"));
}

TEST(ArtifactFaults, MetadataThatAreNoMetadata) {
  const auto message = [](const std::string& bytes) {
    const Error error = error_of(bytes);
    EXPECT_EQ(error.code, ErrorCode::kCorrupt) << error.message;
    return error.message;
  };
  for (const char* key :
       {"hyperparameters", "dataset", "training", "metrics", "calibration", "known_rows"}) {
    EXPECT_THAT(message(with_property(key, "{")), HasSubstr(key));
    EXPECT_THAT(message(with_property(key, "[]")), HasSubstr(key));
    EXPECT_THAT(message(with_property(key, std::string(100'000, '['))), HasSubstr(key));
  }
  EXPECT_THAT(message(with_property("seed", "-1")), HasSubstr("seed"));
  EXPECT_THAT(message(with_property("seed", "")), HasSubstr("seed"));
  EXPECT_THAT(message(with_property("temperature", "0")), HasSubstr("temperature"));
  EXPECT_THAT(message(with_property("temperature", "nan")), HasSubstr("temperature"));
  EXPECT_THAT(message(with_property("temperature", "2")), HasSubstr("calibration"));
  EXPECT_THAT(message(with_property("dataset", R"({"name":7})")), HasSubstr("name"));
  EXPECT_THAT(message(with_property("known_rows",
                                    R"({"features":[[1]],"labels":["sad"],"probabilities":[]})")),
              HasSubstr("not 1 rows of 2 numbers"));
  EXPECT_THAT(
      message(with_property(
          "known_rows", R"({"features":[[1,1e99]],"labels":["sad"],"probabilities":[[0,0,1]]})")),
      HasSubstr("not 1 rows of 2 numbers"));
  EXPECT_THAT(message(edited([](auto& model) {
                auto& entry = *model.add_metadata_props();
                entry.set_key("seed");
                entry.set_value("1");
              })),
              HasSubstr("two entries seed"));
}

TEST(ArtifactFaults, GraphsThatDoNotFit) {
  const auto message = [](const std::function<void(sermo_onnx::ModelProto&)>& edit,
                          const Calibrator& calibrator = {}) {
    const Error error = error_of(edited(edit, calibrator));
    EXPECT_THAT(error.code, AnyOf(ErrorCode::kCorrupt, ErrorCode::kMismatch)) << error.message;
    return error.message;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(message([](auto& m) { m.set_ir_version(9); }), HasSubstr("ONNX versions"));
  EXPECT_THAT(message([](auto& m) { m.mutable_opset_import(0)->set_version(16); }),
              HasSubstr("ONNX versions"));
  EXPECT_THAT(message([](auto& m) { m.mutable_graph()->add_input(); }), HasSubstr("2 inputs"));
  EXPECT_THAT(message([](auto& m) { m.mutable_graph()->mutable_input(0)->set_name("x"); }),
              HasSubstr("no proper features"));
  EXPECT_THAT(message([](auto& m) { node(m, "scaler").set_name("other"); }),
              HasSubstr("no node scaler"));
  EXPECT_THAT(message([](auto& m) { node(m, "scaler").set_op_type("Normalizer"); }),
              HasSubstr("node scaler is a Normalizer, wanted Scaler"));
  EXPECT_THAT(message([](auto& m) { node(m, "scaler").mutable_attribute(0)->add_floats(1.0f); }),
              HasSubstr("3 offsets but 2 scales"));
  EXPECT_THAT(message([&](auto& m) { node(m, "scaler").mutable_attribute(1)->set_floats(0, nan); }),
              HasSubstr("not finite"));
  EXPECT_THAT(message([](auto& m) {
                auto& scaler = node(m, "scaler");
                scaler.mutable_attribute(0)->add_floats(1.0f);
                scaler.mutable_attribute(1)->add_floats(1.0f);
              }),
              HasSubstr("2 features, its scaler 3"));
  EXPECT_THAT(message([](auto& m) { node(m, "core/x").set_name("label"); }),
              HasSubstr("two nodes are called label"));
  EXPECT_THAT(message([](auto& m) { initializer(m, "core/rows").set_name("core/labels"); }),
              HasSubstr("two initialisers are called core/labels"));
  EXPECT_THAT(message([](auto& m) { initializer(m, "core/rows").set_name("core/row"); }),
              HasSubstr("no initialiser core/rows"));
  EXPECT_THAT(message([](auto& m) { initializer(m, "core/rows").set_dims(0, 8); }),
              HasSubstr("initialiser core/rows: shape [8, 2] does not go with 72 bytes"));
  EXPECT_THAT(message([](auto& m) { initializer(m, "core/rows").set_dims(0, -9); }),
              HasSubstr("shape [-9, 2]"));
  // 2^62 x 2 wraps round to nothing if it is multiplied carelessly.
  EXPECT_THAT(message([](auto& m) {
                auto& tensor = initializer(m, "core/rows");
                tensor.set_dims(0, int64_t{1} << 62);
                tensor.set_raw_data("");
              }),
              HasSubstr("does not go with 0 bytes"));
  EXPECT_THAT(message([](auto& m) { initializer(m, "core/rows").set_data_type(11); }),
              HasSubstr("initialiser core/rows: values of kind 11, wanted 1"));
  EXPECT_THAT(message([&](auto& m) {
                auto& data = *initializer(m, "core/rows").mutable_raw_data();
                data.replace(0, 4, std::string_view(reinterpret_cast<const char*>(&nan), 4));
              }),
              HasSubstr("core/rows has a value that is not finite"));
  EXPECT_THAT(message([](auto& m) { (*initializer(m, "core/labels").mutable_raw_data())[0] = 3; }),
              HasSubstr("a label is 3"));
  EXPECT_THAT(
      message([](auto& m) { (*initializer(m, "core/num_neighbors").mutable_raw_data())[0] = 10; }),
      HasSubstr("10 neighbours of 9 rows"));
  EXPECT_THAT(
      message([](auto& m) { (*initializer(m, "calibrator/exponent").mutable_raw_data())[0] = 1; },
              {2.0, 0.0}),
      HasSubstr("disagree on the calibration"));
}

TEST(ArtifactFaults, MoreMetadataThanAnyModelHas) {
  const Error error = error_of(with_property("metrics", std::string(size_t{17} << 20, ' ')));
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_THAT(error.message, HasSubstr("bytes of metadata"));
}

TEST(ArtifactFaults, MorePartsThanAnyModelHas) {
  const Error error = error_of(edited([](auto& model) {
    for (int i = 0; i < 60'000; ++i) model.mutable_graph()->add_node();
  }));
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
}

TEST(Artifact, RefusesALabelThatIsNotText) {
  Artifact out;
  out.classifier =
      Pipeline::create(
          {.schema_id = "s", .num_features = 1, .labels = {"a", "\xff"}},
          Scaler::create({0.0f}, {1.0f}).value(),
          KnnCore::create(
              {.num_labels = 2, .num_neighbors = 1, .rows = Matrix({1.0f}, 1, 1), .labels = {0}})
              .value())
          .value();
  EXPECT_EQ(serialise(out).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace sermo::model
