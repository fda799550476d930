// Fits every learner of the registry and writes what another runtime needs to repeat its answers.
//
//   sermo_onnx_models OUT
//
// For each table (`small`, and `ravdess` where its reference lies beside the repository) a folder
// OUT/<table> with features.npy [N, D] (test rows, raw), and for each learner, as it is and
// calibrated, <name>.onnx, <name>.probabilities.npy [N, K] and <name>.labels.npy [N], the answers
// of the model as read back from the file.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "ravdess_reference.h"
#include "sermo/base/version.h"
#include "sermo/learn/kernel_ridge/kernel_ridge_learner.h"
#include "sermo/learn/registry.h"
#include "sermo/learn/votes.h"
#include "sermo/model/artifact.h"
#include "sermo/model/pipeline.h"
#include "sermo/model/vote/vote.h"
#include "sklearn_goldens.h"

namespace sermo {
namespace {

using std::filesystem::path;
using testing::LabelledRows;

struct Table {
  std::string name;
  LabelledRows train;
  LabelledRows test;
  std::vector<std::string> labels;
};

// What takes epochs to fit gets some 64 rows: this is about runtimes that agree, not about
// accuracy.
LabelledRows rows_for(const learn::Learner& learner, const LabelledRows& all) {
  if (!learner.hyperparameters().contains("max_epochs")) return all;
  const size_t step = all.labels.size() / 64;
  std::vector<size_t> some;
  for (size_t r = 0; r < all.labels.size(); r += step) some.push_back(r);
  return testing::rows_at(all.features, all.labels, some);
}

Result<void> write_answers(const path& folder, const std::string& name,
                           const model::Artifact& artifact, const LabelledRows& test) {
  const auto file = [&](const char* ending) { return (folder / name).concat(ending); };
  SERMO_TRY_VOID(model::write_artifact(file(".onnx"), artifact));
  SERMO_TRY(const model::Artifact read, model::read_artifact(file(".onnx")));
  Matrix probabilities;
  read.classifier->predict_proba(test.features, probabilities);
  std::vector<std::string> labels;
  for (size_t r = 0; r < probabilities.num_rows(); ++r)
    labels.push_back(read.classifier->signature().labels[model::argmax(probabilities.row(r))]);
  SERMO_TRY_VOID(write_npy(file(".probabilities.npy"), NpyArray::from_matrix(probabilities)));
  return write_npy(file(".labels.npy"), NpyArray::from_texts(std::move(labels)));
}

using Fitted = std::map<std::string, std::shared_ptr<const model::Pipeline>>;

// The votes that have a name. Their members were fitted on the same rows, so they share a scaler.
Result<void> write_votes(const path& folder, const Table& table, const Fitted& fitted) {
  for (const learn::VoteDefinition& definition : learn::all_votes()) {
    std::vector<model::VoteCore::Member> members;
    for (const std::string& name : definition.members) {
      const double weight = 1.0 + static_cast<double>(members.size());
      members.push_back({name, weight, fitted.at(name)->shared_core(), {.temperature = 0.8}});
    }
    const model::Pipeline& first = *fitted.at(definition.members.front());
    SERMO_TRY(const std::shared_ptr<const model::VoteCore> vote,
              model::VoteCore::create(std::move(members), definition.pooling));
    model::Artifact artifact;
    artifact.metadata.name = definition.name;
    artifact.metadata.title = definition.title;
    artifact.metadata.sermo_version = std::string(version());
    SERMO_TRY(artifact.classifier,
              model::Pipeline::create(first.signature(), first.scaler(), vote,
                                      {.temperature = 1.3, .smoothing = 0.01}));
    artifact.known_rows = model::choose_known_rows(*artifact.classifier, table.test.features);
    SERMO_TRY_VOID(write_answers(folder, definition.name, artifact, table.test));
  }
  return {};
}

Result<void> write_models(const path& folder, const Table& table) {
  Fitted fitted;
  SERMO_TRY_VOID(write_npy(folder / "features.npy", NpyArray::from_matrix(table.test.features)));
  std::vector<std::pair<std::string, std::shared_ptr<const learn::Learner>>> learners;
  for (const std::shared_ptr<const learn::Learner>& learner : learn::all_learners())
    learners.emplace_back(learner->name(), learner);
  // As it is where there are more features than components.
  SERMO_TRY(const auto projected, learn::KernelRidgeLearner::create({.components = 3}));
  learners.emplace_back("kernel_ridge_components", projected);
  for (const auto& [name, learner] : learners) {
    const auto start = std::chrono::steady_clock::now();
    const LabelledRows train = rows_for(*learner, table.train);
    learn::FitRequest request;
    request.train.features = train.features;
    request.train.labels = train.labels;
    request.signature = {"compared/1", train.features.num_cols(), table.labels};
    request.num_threads = 2;
    SERMO_TRY(std::shared_ptr<const model::Classifier> classifier, learner->fit(request));
    std::printf("%s: fitted %s in %.2f s\n", table.name.c_str(), name.c_str(),
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    model::Artifact artifact;
    artifact.metadata.name = name;
    artifact.metadata.title = learner->title();
    artifact.metadata.hyperparameters = learner->hyperparameters();
    artifact.metadata.sermo_version = std::string(version());
    artifact.classifier = classifier;
    artifact.known_rows = model::choose_known_rows(*classifier, table.test.features);
    SERMO_TRY_VOID(write_answers(folder, name, artifact, table.test));
    artifact.classifier = classifier->with_calibrator({.temperature = 1.7, .smoothing = 0.02});
    SERMO_TRY_VOID(write_answers(folder, fmt::format("{}_calibrated", name), artifact, table.test));
    fitted.emplace(name, std::dynamic_pointer_cast<const model::Pipeline>(classifier));
  }
  return write_votes(folder, table, fitted);
}

Result<void> run(const path& out) {
  const testing::SmallTable small = testing::small_table();
  std::vector<Table> tables = {{"small", small.train, small.test, {"a", "b", "c", "d"}}};
  if (std::filesystem::exists(testing::shared_dir() / "reference" / "librosa_0.11_X.npy")) {
    const testing::RavdessReference& ravdess = testing::ravdess_reference();
    tables.push_back({"ravdess", ravdess.train, ravdess.test, ravdess.label_names});
  }
  for (const Table& table : tables) SERMO_TRY_VOID(write_models(out / table.name, table));
  return {};
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s OUT\n", argv[0]);
    return 2;
  }
  const sermo::Result<void> done = sermo::run(argv[1]);
  if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
