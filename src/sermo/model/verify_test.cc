#include "sermo/model/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sermo_onnx.pb.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sermo/base/file.h"
#include "sermo/base/hash.h"
#include "sermo/model/knn/knn_core.h"
#include "sermo/model/manifest.h"
#include "sermo/model/pipeline.h"
#include "sermo/model/svm/svm_core.h"
#include "temporary_folder.h"

namespace sermo::model {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::vector<std::string> kLabels = {"calm", "sad"};

std::shared_ptr<const Core> knn() {
  return KnnCore::create({.num_labels = 2,
                          .num_neighbors = 1,
                          .rows = Matrix({0, 0, 4, 4, 0, 1, 4, 3}, 4, 2),
                          .labels = {0, 1, 0, 1}})
      .value();
}

std::shared_ptr<const Core> svm() {
  return SvmCore::create({.num_labels = 2,
                          .gamma = 0.5,
                          .support_vectors = Matrix({0, 0, 4, 4}, 2, 2),
                          .coefficients = Matrix({1, -1}, 2, 1),
                          .offsets = {0.0},
                          .slopes = {-3.0},
                          .intercepts = {0.0}})
      .value();
}

// A folder with a knn and an svm, as train leaves it.
class Models {
 public:
  Models() {
    manifest_.sermo_version = "0.1.0";
    manifest_.schema_id = "two/1-abc";
    manifest_.labels = kLabels;
    add("knn", knn());
    add("svm", svm());
    save();
  }

  const fs::path& path() const { return folder_.path(); }
  fs::path file(const std::string& name) const { return path() / (name + ".onnx"); }
  Manifest& manifest() { return manifest_; }
  ManifestEntry& entry(const std::string& name) { return manifest_.models[name == "knn" ? 0 : 1]; }

  void save() { ASSERT_TRUE(write_manifest(path(), manifest_)); }

  // Changes a model's file and makes the manifest's size and checksum fit again.
  void forge(const std::string& name, const std::function<void(sermo_onnx::ModelProto&)>& edit) {
    sermo_onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(read_text_file(file(name)).value()));
    edit(model);
    write(name, model.SerializeAsString());
    save();
  }

  Finding finding(const std::string& name) const {
    const std::vector<Finding> findings = verify_folder(path()).value();
    EXPECT_EQ(findings.size(), 2u);
    for (const Finding& finding : findings) {
      // A fault in one model is none in the other.
      if (finding.name != name) {
        EXPECT_FALSE(finding.error) << finding.error->message;
      }
    }
    return findings[name == "knn" ? 0 : 1];
  }
  Error error(const std::string& name) const { return finding(name).error.value_or(Error{}); }

 private:
  void add(const std::string& name, std::shared_ptr<const Core> core) {
    Artifact artifact;
    artifact.metadata.name = name;
    artifact.metadata.title = name;
    artifact.metadata.seed = 42;
    artifact.metadata.protocol = "honest";
    artifact.metadata.dataset.fingerprint = "f00d";
    artifact.classifier = Pipeline::create({manifest_.schema_id, 2, kLabels},
                                           Scaler::create({1, 1}, {0.5f, 0.5f}).value(), core)
                              .value();
    artifact.known_rows =
        choose_known_rows(*artifact.classifier, Matrix({1.5f, 1.0f, 9.0f, 8.5f}, 2, 2));
    ASSERT_EQ(artifact.known_rows.labels, kLabels);
    manifest_.models.emplace_back();
    ManifestEntry& entry = manifest_.models.back();
    entry.name = entry.title = entry.family = name;
    entry.schema_id = manifest_.schema_id;
    entry.file = name + ".onnx";
    write(name, serialise(artifact).value());
  }

  void write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file_atomically(file(name), std::string_view(bytes)));
    entry(name).bytes = bytes.size();
    entry(name).sha256 = sha256_hex(std::as_bytes(std::span(bytes)));
  }

  testing::TemporaryFolder folder_;
  Manifest manifest_;
};

void set_property(sermo_onnx::ModelProto& model, std::string_view key, const std::string& value) {
  for (auto& entry : *model.mutable_metadata_props()) {
    if (entry.key() == key) entry.set_value(value);
  }
}

std::string& initializer_bytes(sermo_onnx::ModelProto& model, std::string_view name) {
  for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
    if (tensor.name() == name) return *tensor.mutable_raw_data();
  }
  ADD_FAILURE() << "no initialiser " << name;
  return *model.mutable_graph()->add_initializer()->mutable_raw_data();
}

void swap_labels(sermo_onnx::ModelProto& model) {
  set_property(model, "labels", R"(["sad","calm"])");
  for (auto& node : *model.mutable_graph()->mutable_node()) {
    if (node.name() != "label") continue;
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.name() == "values_strings") attribute.mutable_strings()->SwapElements(0, 1);
    }
  }
}

TEST(Verify, AWholeFolderIsWell) {
  const Models models;
  const std::vector<Finding> findings = verify_folder(models.path()).value();
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].name, "knn");
  EXPECT_EQ(findings[1].file, "svm.onnx");
  for (const Finding& finding : findings) EXPECT_FALSE(finding.error) << finding.error->message;
}

TEST(Verify, AFlippedByteAnywhereIsFound) {
  const Models models;
  const std::string whole = read_text_file(models.file("knn")).value();
  for (size_t i = 0; i < whole.size(); i += 97) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    ASSERT_TRUE(write_file_atomically(models.file("knn"), std::string_view(flipped)));
    const Error error = models.error("knn");
    EXPECT_EQ(error.code, ErrorCode::kCorrupt);
    EXPECT_THAT(error.message, AllOf(HasSubstr("knn.onnx: SHA-256"), HasSubstr("was changed")));
  }
}

TEST(Verify, ATruncatedFileIsFound) {
  const Models models;
  const auto size = fs::file_size(models.file("svm"));
  fs::resize_file(models.file("svm"), size / 2);
  const Error error = models.error("svm");
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_THAT(error.message, HasSubstr("truncated: " + std::to_string(size / 2) + " of " +
                                       std::to_string(size) + " bytes"));
}

TEST(Verify, AMissingFileIsFound) {
  const Models models;
  fs::remove(models.file("knn"));
  const Error error = models.error("knn");
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("knn.onnx: no such file"));
}

TEST(Verify, AForeignSchemaIsFound) {
  Models models;
  models.forge("knn", [](auto& model) { set_property(model, "schema_id", "other/3-def"); });
  const Error error = models.error("knn");
  EXPECT_EQ(error.code, ErrorCode::kMismatch);
  EXPECT_THAT(error.message, HasSubstr("trained on features other/3-def"));
}

TEST(Verify, SwappedLabelsAreFoundThoughTheChecksumWasRepaired) {
  Models models;
  models.forge("svm", swap_labels);
  const Error error = models.error("svm");
  EXPECT_EQ(error.code, ErrorCode::kMismatch);
  EXPECT_THAT(error.message, HasSubstr("its labels are sad calm, the manifest's calm sad"));
}

TEST(Verify, LabelsSwappedInFilesAndManifestAreFoundByTheKnownRows) {
  Models models;
  models.manifest().labels = {"sad", "calm"};
  models.forge("knn", swap_labels);
  models.forge("svm", swap_labels);
  const std::vector<Finding> findings = verify_folder(models.path()).value();
  for (const Finding& finding : findings) {
    ASSERT_TRUE(finding.error);
    EXPECT_EQ(finding.error->code, ErrorCode::kMismatch);
    EXPECT_THAT(finding.error->message,
                HasSubstr("known row 0 is answered with sad, wanted calm as when it was written"));
  }
}

TEST(Verify, LabelsSwappedInTheGraphAloneAreFound) {
  Models models;
  models.forge("knn", [](auto& model) {
    swap_labels(model);
    set_property(model, "labels", R"(["calm","sad"])");
  });
  EXPECT_THAT(models.error("knn").message,
              HasSubstr("label 0 is calm in its metadata, but 0 is sad in its graph"));
}

TEST(Verify, AnOnnxFileThatIsNotOursIsFound) {
  Models models;
  sermo_onnx::ModelProto other;
  other.set_ir_version(8);
  other.set_producer_name("skl2onnx");
  other.mutable_graph()->set_name("other");
  const std::string bytes = other.SerializeAsString();
  ASSERT_TRUE(write_file_atomically(models.file("svm"), std::string_view(bytes)));
  EXPECT_EQ(models.error("svm").code, ErrorCode::kUnsupported);
  EXPECT_THAT(models.error("svm").message,
              HasSubstr("an ONNX model, but not one of Sermo's: its producer is 'skl2onnx'"));

  models.entry("svm").bytes = bytes.size();
  models.entry("svm").sha256 = sha256_hex(std::as_bytes(std::span(bytes)));
  models.save();
  EXPECT_THAT(models.error("svm").message, HasSubstr("not one of Sermo's"));
}

TEST(Verify, AnotherModelUnderThisNameIsFound) {
  Models models;
  fs::copy_file(models.file("knn"), models.file("svm"), fs::copy_options::overwrite_existing);
  models.entry("svm").bytes = models.entry("knn").bytes;
  models.entry("svm").sha256 = models.entry("knn").sha256;
  models.save();
  EXPECT_EQ(models.error("svm").code, ErrorCode::kMismatch);
  EXPECT_THAT(models.error("svm").message, HasSubstr("name is knn, the manifest's svm"));
}

TEST(Verify, ChangedWeightsAreFoundThoughTheChecksumWasRepaired) {
  Models models;
  models.forge("svm", [](auto& model) {
    // The first coefficient, 1.0f, becomes 1.125f.
    initializer_bytes(model, "core/coefficients")[2] = static_cast<char>(0x90);
  });
  const Error error = models.error("svm");
  EXPECT_EQ(error.code, ErrorCode::kMismatch);
  EXPECT_THAT(error.message, HasSubstr("has probabilities that are off by"));
}

TEST(Verify, AScalerFromElsewhereIsFound) {
  Models models;
  models.forge("svm", [](auto& model) {
    for (auto& node : *model.mutable_graph()->mutable_node()) {
      if (node.name() == "scaler") node.mutable_attribute(0)->set_floats(0, 1.000001f);
    }
  });
  const Error error = models.error("svm");
  EXPECT_EQ(error.code, ErrorCode::kMismatch);
  EXPECT_THAT(error.message, HasSubstr("its scaler is not that of knn"));
}

TEST(Verify, ModelsOfOtherRowsMayHaveAnotherScaler) {
  Models models;
  models.forge("svm", [](auto& model) {
    set_property(model, "seed", "43");
    for (auto& node : *model.mutable_graph()->mutable_node()) {
      if (node.name() == "scaler") node.mutable_attribute(0)->set_floats(0, 1.000001f);
    }
  });
  EXPECT_FALSE(models.finding("svm").error);
}

TEST(Verify, AModelWithoutKnownRowsIsFound) {
  Models models;
  models.forge("knn", [](auto& model) {
    set_property(model, "known_rows", R"({"features":[],"labels":[],"probabilities":[]})");
  });
  EXPECT_THAT(models.error("knn").message, HasSubstr("no known rows"));
}

TEST(Verify, ALabelWithinItsToleranceIsStillTheSameLabel) {
  Artifact artifact;
  artifact.classifier = Pipeline::create({"two/1-abc", 2, kLabels},
                                         Scaler::create({1, 1}, {0.5f, 0.5f}).value(), svm())
                            .value();
  artifact.known_rows =
      choose_known_rows(*artifact.classifier, Matrix({1.5f, 1.0f, 9.0f, 8.5f}, 2, 2));
  EXPECT_TRUE(check_known_rows(artifact));
  artifact.known_rows.probabilities(0, 0) += 5e-6f;
  EXPECT_TRUE(check_known_rows(artifact));
  artifact.known_rows.probabilities(0, 0) += 1e-5f;
  EXPECT_FALSE(check_known_rows(artifact));
}

TEST(Verify, AFolderWithoutManifestOrModelsIsAnError) {
  const testing::TemporaryFolder empty;
  EXPECT_EQ(verify_folder(empty.path()).error().code, ErrorCode::kNotFound);
  Models models;
  models.manifest().models.clear();
  models.save();
  EXPECT_EQ(verify_folder(models.path()).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace sermo::model
