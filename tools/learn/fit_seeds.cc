// Fits learners with several seeds on the usual split of a table and prints what each scored, took
// and weighs: the figures of docs/models, and those that tests compare with scikit-learn's.
//
//   sermo_fit_seeds X.npy y.npy --learners rf,et --seeds 10
//
// The table is split once (test fifth, stratified, random_state 42); seed s = 0, 1, ... seeds the
// learner only, as tools/golden/make_forest_scores.py does. JSON goes to standard output.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "labelled_table.h"
#include "sermo/learn/registry.h"

namespace sermo {
namespace {

struct Args {
  std::string features;
  std::string labels;
  std::vector<std::string> learners{"rf", "et"};
  int num_seeds = 10;
  int num_threads = 1;
};

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += std::pow(value - mean(values), 2);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Median time of one row, asked for alone.
double row_microseconds(const model::Classifier& classifier, MatrixView rows) {
  std::vector<double> seconds;
  Matrix out;
  for (int pass = 0; pass < 5; ++pass) {
    for (size_t r = 0; r < rows.num_rows(); ++r) {
      seconds.push_back(
          seconds_of([&] { classifier.predict_proba(MatrixView::row_vector(rows.row(r)), out); }));
    }
  }
  return median(seconds) * 1e6;
}

Result<nlohmann::json> run(const Args& args) {
  SERMO_TRY(const tools::LabelledTable table, tools::read_table(args.features, args.labels));
  SERMO_TRY(const data::Split split, data::stratified_split(table.labels, 0.2, 42));
  const tools::LabelledTable train = tools::rows_of(table, split.train);
  const tools::LabelledTable test = tools::rows_of(table, split.test);

  nlohmann::json out;
  for (const std::string& name : args.learners) {
    SERMO_TRY(const std::shared_ptr<const learn::Learner> learner, learn::find_learner(name));
    std::vector<double> accuracies, fit_seconds, row_us;
    for (int seed = 0; seed < args.num_seeds; ++seed) {
      learn::FitRequest request = tools::request_for(train, static_cast<uint64_t>(seed));
      request.num_threads = args.num_threads;
      Result<std::unique_ptr<model::Classifier>> fitted;
      fit_seconds.push_back(seconds_of([&] { fitted = learner->fit(request); }));
      if (!fitted) return fail(std::move(fitted.error()));
      Matrix probabilities;
      (*fitted)->predict_proba(test.features, probabilities);
      size_t num_right = 0;
      for (size_t r = 0; r < test.labels.size(); ++r)
        num_right +=
            static_cast<int>(model::argmax(probabilities.row(r))) == test.labels[r] ? 1 : 0;
      accuracies.push_back(static_cast<double>(num_right) /
                           static_cast<double>(test.labels.size()));
      row_us.push_back(row_microseconds(**fitted, test.features));
    }
    out[name] = {{"hyperparameters", learner->hyperparameters()},
                 {"accuracy_mean", mean(accuracies)},
                 {"accuracy_std", deviation(accuracies)},
                 {"accuracies", accuracies},
                 {"fit_seconds_median", median(fit_seconds)},
                 {"predict_row_us_median", median(row_us)},
                 {"threads", args.num_threads}};
  }
  return out;
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  sermo::Args args;
  CLI::App app("Scores of learners over several seeds");
  app.add_option("features", args.features, "float32 or float64 [N, D], .npy")->required();
  app.add_option("labels", args.labels, "text [N], .npy")->required();
  app.add_option("--learners", args.learners, "which, separated by commas")->delimiter(',');
  app.add_option("--seeds", args.num_seeds, "how many")->check(CLI::Range(1, 1000));
  app.add_option("--threads", args.num_threads, "of one fit")->check(CLI::Range(1, 1024));
  CLI11_PARSE(app, argc, argv);
  const sermo::Result<nlohmann::json> out = sermo::run(args);
  if (!out) {
    std::cerr << out.error().message << '\n';
    return 1;
  }
  std::cout << out->dump(1) << '\n';
  return 0;
}
