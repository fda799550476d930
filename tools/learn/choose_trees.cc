// How what trees draw was chosen, where their definition leaves it open: cross-validation within
// the training rows only.
//
//   sermo_choose_trees X.npy y.npy --learner gb
//
// The test fifth (stratified, random_state 42) is put aside and never looked at; the other rows are
// cut into 5 stratified folds, twice. Prints one line a choice: mean accuracy and mean log loss of
// the held-out rows (probabilities below a thousandth count as one). Boosting (gb): shares of
// features a split and rows a tree. Extremely randomised trees (et): features a split. Numbers of
// trees, depth and learning rate are part of the models' definitions and fixed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <iostream>

#include "labelled_table.h"
#include "sermo/learn/trees/boosting_learner.h"
#include "sermo/learn/trees/forest_learner.h"

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
        score.log_loss -= std::log(std::max(probabilities(r, label), 1e-3f));
        num_rows += 1.0;
      }
    }
  }
  return Score{score.accuracy / num_rows, score.log_loss / num_rows};
}

struct Choice {
  std::string name;
  std::shared_ptr<const learn::Learner> learner;
};

Result<std::vector<Choice>> boosting_choices() {
  std::vector<learn::BoostingOptions> grid;
  grid.push_back({.columns_per_node = 1.0, .rows_per_tree = 1.0, .exact = true});
  for (const double rows_per_tree : {1.0, 0.8, 0.6}) {
    for (const double columns_per_node : {1.0, 0.5, 0.3, 0.2, 0.1})
      grid.push_back({.columns_per_node = columns_per_node, .rows_per_tree = rows_per_tree});
  }
  std::vector<Choice> choices;
  for (const learn::BoostingOptions& options : grid) {
    SERMO_TRY(auto learner, learn::BoostingLearner::create(options));
    choices.push_back({fmt::format("columns {}, rows {}{}", options.columns_per_node,
                                   options.rows_per_tree, options.exact ? ", exact splits" : ""),
                       std::move(learner)});
  }
  return choices;
}

Result<std::vector<Choice>> extra_trees_choices() {
  std::vector<Choice> choices;
  for (const double roots : {0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 10.0}) {
    learn::ForestOptions options = learn::extra_trees_options();
    options.feature_roots = roots;
    SERMO_TRY(auto learner, learn::ForestLearner::create(options));
    choices.push_back({fmt::format("{} times the square root", roots), std::move(learner)});
  }
  return choices;
}

Result<void> run(const std::string& features_path, const std::string& labels_path,
                 const std::string& learner, int num_repeats) {
  SERMO_TRY(const tools::LabelledTable table, tools::read_table(features_path, labels_path));
  SERMO_TRY(const data::Split split, data::stratified_split(table.labels, 0.2, 42));
  const tools::LabelledTable train = tools::rows_of(table, split.train);
  SERMO_TRY(const std::vector<Choice> choices,
            learner == "gb" ? boosting_choices() : extra_trees_choices());
  std::cout << fmt::format("{:<36} accuracy log loss\n", learner);
  for (const Choice& choice : choices) {
    SERMO_TRY(const Score score, cross_validate(*choice.learner, train, num_repeats));
    std::cout << fmt::format("{:<36} {:.4f}   {:.4f}\n", choice.name, score.accuracy,
                             score.log_loss)
              << std::flush;
  }
  return {};
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  std::string features;
  std::string labels;
  std::string learner = "gb";
  int num_repeats = 2;
  CLI::App app("Cross-validates what trees draw");
  app.add_option("features", features, "float32 or float64 [N, D], .npy")->required();
  app.add_option("labels", labels, "text [N], .npy")->required();
  app.add_option("--learner", learner, "gb or et")->check(CLI::IsMember({"gb", "et"}));
  app.add_option("--repeats", num_repeats, "of the five folds")->check(CLI::Range(1, 100));
  CLI11_PARSE(app, argc, argv);
  const sermo::Result<void> done = sermo::run(features, labels, learner, num_repeats);
  if (!done) std::cerr << done.error().message << '\n';
  return done ? 0 : 1;
}
