// Fit and predict times, size and accuracy of every learner on RAVDESS (the 110 features of the
// reference beside the repository, the original's split): where the figures in docs/models come
// from.
//
//   sermo_model_benchmark --benchmark_filter=svm
//
// A model is fitted when it is first timed. Before that, its file is read back and must answer as
// the model itself; the counters say how accurate it is on the 288 test clips,
// and standard error how much of each class it finds.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

#include "ravdess_reference.h"
#include "sermo/base/check.h"
#include "sermo/eval/metrics.h"
#include "sermo/learn/registry.h"
#include "sermo/model/artifact.h"

namespace sermo {
namespace {

learn::FitRequest fit_request() {
  const testing::RavdessReference& ravdess = testing::ravdess_reference();
  learn::FitRequest request;
  request.train.features = ravdess.train.features;
  request.train.labels = ravdess.train.labels;
  request.signature = {"librosa", ravdess.train.features.num_cols(), ravdess.label_names};
  return request;
}

struct Fitted {
  std::shared_ptr<const model::Classifier> classifier;
  double accuracy = 0.0;
  std::string file;  // empty without an ONNX form
};

const Fitted& fitted(const learn::Learner& learner) {
  static std::map<std::string_view, Fitted> models;
  Fitted& out = models[learner.name()];
  if (out.classifier != nullptr) return out;
  const testing::LabelledRows& test = testing::ravdess_reference().test;
  out.classifier = learner.fit(fit_request()).value();
  Matrix probabilities;
  out.classifier->predict_proba(test.features, probabilities);
  const eval::ConfusionMatrix confusion = eval::confusion_of(probabilities, test.labels);
  out.accuracy = confusion.accuracy();
  SERMO_CHECK(out.accuracy > 0.25, "twice as good as chance, or it is broken");
  std::fprintf(stderr, "%s: UAR %.3f; recall", std::string(learner.name()).c_str(),
               confusion.unweighted_average_recall());
  const std::vector<std::string>& names = testing::ravdess_reference().label_names;
  for (size_t k = 0; k < names.size(); ++k)
    std::fprintf(stderr, " %s %.2f", names[k].c_str(), confusion.recall(k));
  std::fprintf(stderr, "\n");

  model::Artifact artifact;
  artifact.classifier = out.classifier;
  if (Result<std::string> bytes = model::serialise(artifact); bytes) {
    out.file = std::move(*bytes);
    const model::Artifact read = model::parse_artifact(std::as_bytes(std::span(out.file))).value();
    Matrix again;
    read.classifier->predict_proba(test.features, again);
    for (size_t i = 0; i < again.values().size(); ++i) {
      SERMO_CHECK(again.values()[i] == probabilities.values()[i],
                  "the file answers as the model that was written");
    }
  }
  return out;
}

void fit(benchmark::State& state, const learn::Learner* learner) {
  const learn::FitRequest request = fit_request();
  for (auto _ : state) benchmark::DoNotOptimize(learner->fit(request).value());
}

// `num_rows` test clips at a time, each time others.
void predict(benchmark::State& state, const learn::Learner* learner, size_t num_rows) {
  const Fitted& model = fitted(*learner);
  const Matrix& rows = testing::ravdess_reference().test.features;
  Matrix probabilities;
  size_t first = 0;
  for (auto _ : state) {
    model.classifier->predict_proba(
        MatrixView(rows.data() + first * rows.num_cols(), num_rows, rows.num_cols()),
        probabilities);
    benchmark::DoNotOptimize(probabilities.data());
    first = (first + num_rows) % rows.num_rows();
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * num_rows));
  state.counters["accuracy"] = model.accuracy;
  state.counters["bytes"] = static_cast<double>(model.file.size());
}

// From the bytes of the file to a model that answers.
void load(benchmark::State& state, const learn::Learner* learner) {
  const std::string& file = fitted(*learner).file;
  if (file.empty()) return state.SkipWithError("no ONNX form");
  for (auto _ : state)
    benchmark::DoNotOptimize(model::parse_artifact(std::as_bytes(std::span(file))).value());
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (!std::filesystem::exists(sermo::testing::shared_dir() / "reference/librosa_0.11_X.npy")) {
    std::fprintf(stderr, "the reference features of RAVDESS are absent\n");
    return 1;
  }
  for (const auto& learner : sermo::learn::all_learners()) {
    const std::string name(learner->name());
    benchmark::RegisterBenchmark((name + "/fit").c_str(), sermo::fit, learner.get())
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark((name + "/load").c_str(), sermo::load, learner.get())
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark((name + "/predict_1").c_str(), sermo::predict, learner.get(),
                                 size_t{1})
        ->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark((name + "/predict_288").c_str(), sermo::predict, learner.get(),
                                 size_t{288})
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::RunSpecifiedBenchmarks();
}
