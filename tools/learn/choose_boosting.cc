// How the sampling of gradient boosting was chosen: cross-validation within the training rows only.
//
//   sermo_choose_boosting X.npy y.npy
//
// The test fifth (stratified, random_state 42) is put aside and never looked at; the other rows are
// cut into 5 stratified folds, twice. Prints one line a choice: mean accuracy and mean log loss of
// the held-out rows. Rounds, depth and learning rate are part of the model's definition and fixed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>

#include "labelled_table.h"
#include "sermo/learn/trees/boosting_learner.h"

namespace sermo {
namespace {

struct Score {
  double accuracy = 0.0;
  double log_loss = 0.0;
};

Result<Score> cross_validate(const learn::Learner& learner, const tools::LabelledTable& table,
                             int num_repeats) {
  constexpr size_t kNumFolds = 5;
  Score score;
  double num_rows = 0.0;
  for (int repeat = 0; repeat < num_repeats; ++repeat) {
    SERMO_TRY(const std::vector<size_t> folds,
              data::stratified_folds(table.labels, kNumFolds, static_cast<uint32_t>(repeat)));
    for (size_t fold = 0; fold < kNumFolds; ++fold) {
      const data::Split split = data::split_of_fold(folds, fold);
      const tools::LabelledTable train = tools::rows_of(table, split.train);
      const tools::LabelledTable test = tools::rows_of(table, split.test);
      SERMO_TRY(const std::unique_ptr<model::Classifier> fitted,
                learner.fit(tools::request_for(train, static_cast<uint64_t>(repeat))));
      Matrix probabilities;
      fitted->predict_proba(test.features, probabilities);
      for (size_t r = 0; r < test.labels.size(); ++r) {
        const auto label = static_cast<size_t>(test.labels[r]);
        score.accuracy += model::argmax(probabilities.row(r)) == label ? 1.0 : 0.0;
        score.log_loss -= std::log(probabilities(r, label));
        num_rows += 1.0;
      }
    }
  }
  return Score{score.accuracy / num_rows, score.log_loss / num_rows};
}

Result<void> run(const std::string& features_path, const std::string& labels_path,
                 int num_repeats) {
  SERMO_TRY(const tools::LabelledTable table, tools::read_table(features_path, labels_path));
  SERMO_TRY(const data::Split split, data::stratified_split(table.labels, 0.2, 42));
  const tools::LabelledTable train = tools::rows_of(table, split.train);
  std::vector<learn::BoostingOptions> choices;
  choices.push_back({.columns_per_node = 1.0, .rows_per_tree = 1.0, .exact = true});
  for (const double rows_per_tree : {1.0, 0.8, 0.6}) {
    for (const double columns_per_node : {1.0, 0.5, 0.3, 0.2, 0.1})
      choices.push_back({.columns_per_node = columns_per_node, .rows_per_tree = rows_per_tree});
  }
  std::cout << "splits    columns rows  accuracy log loss\n";
  for (const learn::BoostingOptions& choice : choices) {
    SERMO_TRY(const auto learner, learn::BoostingLearner::create(choice));
    SERMO_TRY(const Score score, cross_validate(*learner, train, num_repeats));
    std::cout << fmt::format("{:<9} {:<7} {:<5} {:.4f}   {:.4f}\n",
                             choice.exact ? "exact" : "histogram", choice.columns_per_node,
                             choice.rows_per_tree, score.accuracy, score.log_loss)
              << std::flush;
  }
  return {};
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  std::string features;
  std::string labels;
  int num_repeats = 2;
  CLI::App app("Cross-validates ways of sampling in gradient boosting");
  app.add_option("features", features, "float32 or float64 [N, D], .npy")->required();
  app.add_option("labels", labels, "text [N], .npy")->required();
  app.add_option("--repeats", num_repeats, "of the five folds")->check(CLI::Range(1, 100));
  CLI11_PARSE(app, argc, argv);
  const sermo::Result<void> done = sermo::run(features, labels, num_repeats);
  if (!done) std::cerr << done.error().message << '\n';
  return done ? 0 : 1;
}
