// Measures every model as `sermo train` makes it, over several seeds and under both protocols: the
// source of every figure and picture in docs/models.
//
//   sermo_measure_models share/ravdess-librosa110.npz --jobs 2 > docs/models/measured.json
//   sermo_measure_models share/ravdess-sermo-voice.npz --jobs 2 > docs/models/measured_voice.json
//   python3 tools/docs/model_pages.py
//
// Of each table, the models that are trained on its schema where nobody chooses one.
// The split stays (test fifth, stratified, random_state 42); seeds 0, 1, ... change the learners,
// and which training clips stop the nets. Times are processor time of one thread.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "sermo/base/thread_clock.h"
#include "sermo/data/split.h"
#include "sermo/data/table_io.h"
#include "sermo/engine/trainer.h"
#include "sermo/eval/metrics.h"
#include "sermo/learn/registry.h"
#include "sermo/model/nn/neural_net.h"
#include "sermo/model/pipeline.h"

namespace sermo {
namespace {

using engine::Protocol;
using engine::TrainedModel;
using engine::TrainingReport;
using nlohmann::json;

constexpr uint32_t kSplitSeed = 42;
constexpr double kTestFraction = 0.2;

struct Args {
  std::string features;
  std::vector<std::string> models;
  std::vector<std::string> votes;
  uint32_t num_seeds = 5;
  int num_jobs = 1;
};

double seconds_of(const std::function<void()>& work) {
  const double begin = thread_seconds();
  work();
  return thread_seconds() - begin;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The test part, as the trainer cuts it.
struct TestPart {
  Matrix features;
  std::vector<int> labels;
};

Result<TestPart> test_part(const data::Table& table) {
  SERMO_TRY(const data::LabelledRows labelled, data::labelled_rows(table));
  SERMO_TRY(const data::Split split,
            data::stratified_split(labelled.classes, kTestFraction, kSplitSeed));
  std::vector<size_t> rows;
  TestPart part;
  for (const size_t i : split.test) {
    rows.push_back(labelled.rows[i]);
    part.labels.push_back(labelled.classes[i]);
  }
  part.features = select_rows(MatrixView(table.features), rows);
  return part;
}

void add_scores(json& scores, const TrainedModel& model) {
  const json& calibration = model.artifact.metadata.calibration;
  scores["accuracy"].push_back(model.test.accuracy);
  scores["uar"].push_back(model.test.uar);
  scores["fit_seconds"].push_back(model.fit_seconds);
  if (!model.log.empty()) scores["epochs"].push_back(model.log.size());
  for (const char* key : {"ece_before", "ece_after", "log_loss_after"})
    if (calibration.contains(key)) scores[key].push_back(calibration[key]);
}

void add_confusion(json& counts, const TrainedModel& model, const TestPart& test) {
  Matrix probabilities;
  model.artifact.classifier->predict_proba(test.features, probabilities);
  const eval::ConfusionMatrix confusion = eval::confusion_of(probabilities, test.labels);
  const size_t num_labels = confusion.num_classes();
  if (counts.is_null()) counts = json(num_labels, std::vector<size_t>(num_labels));
  for (size_t truth = 0; truth < num_labels; ++truth)
    for (size_t answer = 0; answer < num_labels; ++answer)
      counts[truth][answer] = counts[truth][answer].get<size_t>() + confusion.count(truth, answer);
}

// The layers of a net, with the shape that leaves each and its number of weights.
json layers_of(const model::Classifier& classifier) {
  json layers = json::array();
  const auto* pipeline = dynamic_cast<const model::Pipeline*>(&classifier);
  const auto* net =
      pipeline == nullptr ? nullptr : dynamic_cast<const model::nn::NeuralNet*>(&pipeline->core());
  if (net == nullptr) return layers;
  for (const model::nn::PlannedLayer& layer : net->plan().layers) {
    size_t num_weights = 0;
    for (const model::nn::Weight& weight : layer.weights) num_weights += weight.size();
    const json shape = layer.output.is_sequence ? json{layer.output.steps, layer.output.channels}
                                                : json{layer.output.channels};
    layers.push_back({{"layer", model::nn::to_text({{layer.layer}})},
                      {"shape", shape},
                      {"weights", num_weights}});
  }
  return layers;
}

// What a finished model is, beside its scores.
Result<json> properties(const TrainedModel& model, MatrixView rows) {
  SERMO_TRY(const std::string bytes, model::serialise(model.artifact));
  std::vector<double> load_seconds, row_seconds;
  for (int pass = 0; pass < 5; ++pass) {
    load_seconds.push_back(
        seconds_of([&] { (void)model::parse_artifact(std::as_bytes(std::span(bytes))); }));
    Matrix out;
    for (size_t r = 0; r < rows.num_rows(); ++r)
      row_seconds.push_back(seconds_of([&] {
        model.artifact.classifier->predict_proba(MatrixView::row_vector(rows.row(r)), out);
      }));
  }
  const model::Metadata& metadata = model.artifact.metadata;
  return json{{"name", metadata.name},
              {"title", metadata.title},
              {"hyperparameters", metadata.hyperparameters},
              {"layers", layers_of(*model.artifact.classifier)},
              {"log", model.log},
              {"file_bytes", bytes.size()},
              {"load_ms", 1e3 * median(load_seconds)},
              {"answer_us", 1e6 * median(row_seconds)}};
}

Result<engine::TrainingOptions> options_of(const Args& args, const std::string& schema) {
  engine::TrainingOptions options;
  const auto wants = [&](std::string_view name, const learn::Learner& first) {
    return args.models.empty() ? first.usual_schema() == schema
                               : std::ranges::find(args.models, name) != args.models.end();
  };
  for (const auto& learner : learn::all_learners())
    if (wants(learner->name(), *learner)) options.learners.push_back(learner);
  for (const learn::VoteDefinition& vote : learn::all_votes()) {
    SERMO_TRY(const auto first, learn::find_learner(vote.members.front()));
    if (wants(vote.name, *first)) options.votes.push_back(vote);
  }
  for (const std::string& name : args.votes) {
    SERMO_TRY(const learn::VoteDefinition vote, learn::find_vote(name));
    options.votes.push_back(vote);
  }
  options.split_seed = kSplitSeed;
  options.test_fraction = kTestFraction;
  options.num_threads = args.num_jobs;
  return options;
}

Result<json> measure(const Args& args) {
  SERMO_TRY(const data::LoadedTable loaded, data::read_table(args.features, {}));
  SERMO_TRY(const TestPart test, test_part(loaded.table));
  SERMO_TRY(engine::TrainingOptions options, options_of(args, loaded.table.schema.name));
  json out{{"features", std::filesystem::path(args.features).filename().string()},
           {"clips", loaded.table.num_rows() - loaded.table.num_copies()},
           {"speakers", data::num_speakers(loaded.table)},
           {"test_clips", test.labels.size()},
           {"split_seed", kSplitSeed},
           {"seeds", args.num_seeds},
           {"models", json::array()}};
  for (const Protocol protocol : {Protocol::kHonest, Protocol::kOriginal}) {
    const std::string name(engine::name_of(protocol));
    options.protocol = protocol;
    for (uint32_t seed = 0; seed < args.num_seeds; ++seed) {
      options.seed = seed;
      SERMO_TRY(const TrainingReport report, engine::train(loaded.table, options));
      if (!report.failures.empty()) return fail(report.failures.front().error);
      out["labels"] = report.labels;
      out["train_clips"] = report.split.num_train;
      for (size_t m = 0; m < report.models.size(); ++m) {
        if (out["models"].size() <= m) {
          SERMO_TRY(json model, properties(report.models[m], test.features));
          out["models"].push_back(std::move(model));
        }
        json& scores = out["models"][m][name];
        add_scores(scores, report.models[m]);
        if (protocol == Protocol::kHonest)
          add_confusion(out["models"][m]["confusion"], report.models[m], test);
      }
      std::cerr << name << ", seed " << seed << " done\n";
    }
  }
  return out;
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  sermo::Args args;
  CLI::App app("Measures every model over several seeds and under both protocols");
  app.add_option("features", args.features, "table of features, .npz")->required();
  app.add_option("--models", args.models, "only these, separated by commas")->delimiter(',');
  app.add_option("--vote", args.votes, "besides those with a name: vote(svm,et,mlp)");
  app.add_option("--seeds", args.num_seeds, "how many")->check(CLI::Range(1, 1000));
  app.add_option("--jobs", args.num_jobs, "fits side by side")->check(CLI::Range(1, 1024));
  CLI11_PARSE(app, argc, argv);
  const sermo::Result<nlohmann::json> out = sermo::measure(args);
  if (!out) {
    std::cerr << out.error().message << '\n';
    return 1;
  }
  std::cout << out->dump() << '\n';
  return 0;
}
