// Scores a training recipe of one net on clips of the training part only, so that recipes can be
// chosen without a look at the test clips:
//
//   sermo_nn_recipe X.npy y.npy --net lstm --set learning_rate=0.003,schedule=cosine --seeds 5
//
// The table is split once (test fifth, stratified, random_state 42), and the test rows are put
// aside. The others are cut into stratified folds; each is held out once, a stratified tenth of the
// rest stops the fit, and the remainder trains it. Seed s = 0, 1, ... seeds folds, tenth and fit.
// Without --set it scores the net's own recipe, the one that Sermo ships; --original begins with
// the original project's. Each line of output is a JSON object: the recipe's changes, and mean and
// deviation of the held-out accuracy over seeds.
//
// --test opens the test rows: the fit on nine tenths of the training part, stopped on the last, for
// each seed; for reporting, never for choosing.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "net_trial.h"
#include "sermo/base/parallel.h"
#include "sermo/learn/nn/net_learner.h"

namespace sermo {
namespace {

using learn::nn::Monitor;
using learn::nn::NetOptions;
using learn::nn::Recipe;
using learn::nn::Schedule;

struct Args {
  std::string features;
  std::string labels;
  std::string net;
  std::vector<std::string> changes;
  bool from_original = false;
  bool opens_test = false;
  size_t num_folds = 5;
  size_t num_used_folds = 5;
  uint32_t first_seed = 0;
  uint32_t num_seeds = 5;
  int num_jobs = 1;
};

Result<NetOptions> find_net(const std::string& name) {
  for (NetOptions options :
       {learn::nn::mlp_options(), learn::nn::cnn1d_options(), learn::nn::lstm_options(),
        learn::nn::gru_options(), learn::nn::cnn_lstm_options()}) {
    if (options.name == name) return options;
  }
  return fail(ErrorCode::kNotFound, "no net is called " + name);
}

// Applies "learning_rate=0.003".
Result<void> change(Recipe& recipe, const std::string& text) {
  const size_t equals = std::min(text.find('='), text.size());
  const std::string key = text.substr(0, equals);
  const std::string value = text.substr(std::min(equals + 1, text.size()));
  if (key == "schedule" && (value == "cosine" || value == "constant")) {
    recipe.schedule = value == "cosine" ? Schedule::kCosine : Schedule::kConstant;
    return {};
  }
  if (key == "monitor" && (value == "loss" || value == "accuracy")) {
    recipe.monitor = value == "loss" ? Monitor::kLoss : Monitor::kAccuracy;
    return {};
  }
  double number = 0.0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    return fail(ErrorCode::kUsage, "not a change of a recipe: " + text);
  const std::pair<const char*, double*> numbers[] = {{"learning_rate", &recipe.learning_rate},
                                                     {"warm_up", &recipe.warm_up},
                                                     {"clip_norm", &recipe.clip_norm},
                                                     {"weight_decay", &recipe.weight_decay},
                                                     {"label_smoothing", &recipe.label_smoothing},
                                                     {"feature_noise", &recipe.feature_noise},
                                                     {"feature_dropout", &recipe.feature_dropout},
                                                     {"mixup", &recipe.mixup},
                                                     {"weight_average", &recipe.weight_average},
                                                     {"memory_scale", &recipe.memory_scale},
                                                     {"memory_rate", &recipe.memory_rate}};
  for (const auto& [name, field] : numbers) {
    if (key == name) *field = number;
    if (key == name) return {};
  }
  if (key == "max_epochs")
    recipe.max_epochs = static_cast<int>(number);
  else if (key == "batch_size")
    recipe.batch_size = static_cast<size_t>(number);
  else if (key == "patience")
    recipe.patience = static_cast<int>(number);
  else
    return fail(ErrorCode::kUsage, "a recipe has no " + key);
  return {};
}

Result<std::vector<tools::NetTrial>> make_trials(const Args& args,
                                                 const tools::LabelledTable& table) {
  SERMO_TRY(const data::Split split, data::stratified_split(table.labels, 0.2, 42));
  const tools::LabelledTable train = tools::rows_of(table, split.train);
  std::vector<tools::NetTrial> trials;
  for (uint32_t seed = args.first_seed; seed < args.first_seed + args.num_seeds; ++seed) {
    if (args.opens_test) {
      trials.push_back({split.train, split.test, seed});
      continue;
    }
    SERMO_TRY(const std::vector<size_t> folds,
              data::stratified_folds(train.labels, args.num_folds, seed));
    for (size_t fold = 0; fold < std::min(args.num_folds, args.num_used_folds); ++fold) {
      const data::Split inner = data::split_of_fold(folds, fold);
      tools::NetTrial trial{{}, {}, seed};
      for (const size_t row : inner.train) trial.rows.push_back(split.train[row]);
      for (const size_t row : inner.test) trial.held_out.push_back(split.train[row]);
      trials.push_back(std::move(trial));
    }
  }
  return trials;
}

Result<nlohmann::json> score(const Args& args) {
  SERMO_TRY(const tools::LabelledTable table, tools::read_table(args.features, args.labels));
  SERMO_TRY(NetOptions options, find_net(args.net));
  if (args.from_original) options.recipe = {};
  for (const std::string& text : args.changes) SERMO_TRY_VOID(change(options.recipe, text));
  SERMO_TRY(const auto learner, learn::nn::NetLearner::create(options));
  SERMO_TRY(const std::vector<tools::NetTrial> trials, make_trials(args, table));
  std::vector<Result<tools::NetTrialResult>> results(trials.size());
  parallel_for(trials.size(), args.num_jobs,
               [&](size_t t) { results[t] = tools::run(*learner, table, trials[t]); });

  // Folds of one seed make one estimate: every row is held out once.
  const size_t num_per_seed = trials.size() / args.num_seeds;
  std::vector<double> accuracies(args.num_seeds);
  std::vector<double> losses;
  std::vector<double> kept_epochs;
  for (size_t t = 0; t < trials.size(); ++t) {
    if (!results[t]) return fail(std::move(results[t].error()));
    const tools::NetTrialResult& result = *results[t];
    accuracies[t / num_per_seed] += result.accuracy() / static_cast<double>(num_per_seed);
    losses.push_back(eval::log_loss(result.probabilities, result.truth));
    kept_epochs.push_back(result.kept_epoch);
  }
  const double mean = tools::mean_of(accuracies);
  double square = 0.0;
  for (const double accuracy : accuracies) square += std::pow(accuracy - mean, 2);
  return nlohmann::json{{"net", args.net},
                        {"rows", args.opens_test ? "test" : "held out of training"},
                        {"from", args.from_original ? "original" : "shipped"},
                        {"changes", args.changes},
                        {"accuracy_mean", mean},
                        {"accuracy_std", std::sqrt(square / args.num_seeds)},
                        {"accuracies", accuracies},
                        {"loss_mean", tools::mean_of(losses)},
                        {"kept_epoch_mean", tools::mean_of(kept_epochs)}};
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  sermo::Args args;
  CLI::App app("Scores a recipe for training a net on held-out training clips");
  app.add_option("features", args.features, "float32 or float64 [N, D], .npy")->required();
  app.add_option("labels", args.labels, "text [N], .npy")->required();
  app.add_option("--net", args.net, "mlp, cnn1d, lstm, gru or cnn_lstm")->required();
  app.add_option("--set", args.changes, "changes of the recipe, key=value,...")->delimiter(',');
  app.add_flag("--original", args.from_original, "start from the original project's recipe");
  app.add_flag("--test", args.opens_test, "score the test rows instead");
  app.add_option("--folds", args.num_folds, "how many")->check(CLI::Range(2, 100));
  app.add_option("--used-folds", args.num_used_folds, "hold out only the first of them");
  app.add_option("--first-seed", args.first_seed, "of the seeds");
  app.add_option("--seeds", args.num_seeds, "how many")->check(CLI::Range(1, 1000));
  app.add_option("--jobs", args.num_jobs, "fits side by side")->check(CLI::Range(1, 1024));
  CLI11_PARSE(app, argc, argv);
  const sermo::Result<nlohmann::json> out = sermo::score(args);
  if (!out) {
    std::cerr << out.error().message << '\n';
    return 1;
  }
  std::cout << out->dump() << '\n';
  return 0;
}
