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
#include <numeric>

#include "sermo/base/npy.h"
#include "sermo/base/parallel.h"
#include "sermo/data/split.h"
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
  uint32_t first_seed = 0;
  uint32_t num_seeds = 5;
  int num_jobs = 1;
};

struct Table {
  Matrix features;
  std::vector<int> labels;
  std::vector<std::string> names;

  Table take(std::span<const size_t> rows) const {
    Table taken{select_rows(features, rows), {}, names};
    for (const size_t row : rows) taken.labels.push_back(labels[row]);
    return taken;
  }
  learn::Examples examples() const { return {features, labels, {}}; }
};

Result<Table> read_table(const Args& args) {
  SERMO_TRY(const NpyArray stored_features, read_npy(args.features));
  SERMO_TRY(Matrix features, to_matrix(stored_features));
  SERMO_TRY(const NpyArray stored_labels, read_npy(args.labels));
  SERMO_TRY(const std::vector<std::string> texts, to_texts(stored_labels));
  if (texts.size() != features.num_rows())
    return fail(ErrorCode::kMismatch,
                fmt::format("{} labels for {} rows", texts.size(), features.num_rows()));
  Table table{std::move(features), {}, texts};
  std::sort(table.names.begin(), table.names.end());
  table.names.erase(std::unique(table.names.begin(), table.names.end()), table.names.end());
  for (const std::string& text : texts)
    table.labels.push_back(static_cast<int>(
        std::lower_bound(table.names.begin(), table.names.end(), text) - table.names.begin()));
  return table;
}

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
                                                     {"weight_average", &recipe.weight_average}};
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

// One fit: trained and stopped on `rows`, scored on `held_out`.
struct Task {
  std::vector<size_t> rows;
  std::vector<size_t> held_out;
  uint32_t seed = 0;
  double accuracy = 0.0;
  double last_epoch = 0.0;  // that was kept
  double loss = 0.0;
};

Result<void> run(const learn::Learner& learner, const Table& table, Task& task) {
  const Table rows = table.take(task.rows);
  SERMO_TRY(const data::Split split, data::stratified_split(rows.labels, 0.1, task.seed));
  const Table train = rows.take(split.train);
  const Table stop = rows.take(split.test);
  const Table held_out = table.take(task.held_out);
  learn::FitRequest request;
  request.train = train.examples();
  request.validation = stop.examples();
  request.signature = {"", table.features.num_cols(), table.names};
  request.seed = task.seed;
  request.log = [&](const nlohmann::json& line) {
    if (line["best"]) task.last_epoch = line["epoch"];
  };
  SERMO_TRY(const std::unique_ptr<model::Classifier> fitted, learner.fit(request));
  Matrix probabilities;
  fitted->predict_proba(held_out.features, probabilities);
  const auto num_rows = static_cast<double>(held_out.labels.size());
  for (size_t r = 0; r < held_out.labels.size(); ++r) {
    const auto label = static_cast<size_t>(held_out.labels[r]);
    task.loss -= std::log(std::max(probabilities(r, label), 1e-7f)) / num_rows;
    if (model::argmax(probabilities.row(r)) == label) task.accuracy += 1.0 / num_rows;
  }
  return {};
}

Result<std::vector<Task>> make_tasks(const Args& args, const Table& table) {
  SERMO_TRY(const data::Split split, data::stratified_split(table.labels, 0.2, 42));
  std::vector<int> train_labels;
  for (const size_t row : split.train) train_labels.push_back(table.labels[row]);
  std::vector<Task> tasks;
  for (uint32_t seed = args.first_seed; seed < args.first_seed + args.num_seeds; ++seed) {
    if (args.opens_test) {
      tasks.push_back({split.train, split.test, seed});
      continue;
    }
    SERMO_TRY(const std::vector<size_t> folds,
              data::stratified_folds(train_labels, args.num_folds, seed));
    for (size_t fold = 0; fold < args.num_folds; ++fold) {
      const data::Split inner = data::split_of_fold(folds, fold);
      Task task{{}, {}, seed};
      for (const size_t row : inner.train) task.rows.push_back(split.train[row]);
      for (const size_t row : inner.test) task.held_out.push_back(split.train[row]);
      tasks.push_back(std::move(task));
    }
  }
  return tasks;
}

Result<nlohmann::json> score(const Args& args) {
  SERMO_TRY(const Table table, read_table(args));
  SERMO_TRY(NetOptions options, find_net(args.net));
  if (args.from_original) options.recipe = {};
  for (const std::string& text : args.changes) SERMO_TRY_VOID(change(options.recipe, text));
  SERMO_TRY(const auto learner, learn::nn::NetLearner::create(options));
  SERMO_TRY(std::vector<Task> tasks, make_tasks(args, table));
  std::vector<Result<void>> results(tasks.size());
  parallel_for(tasks.size(), args.num_jobs,
               [&](size_t t) { results[t] = run(*learner, table, tasks[t]); });
  for (Result<void>& result : results)
    if (!result) return fail(std::move(result.error()));

  // Folds of one seed make one estimate: every row is held out once.
  std::vector<double> accuracies(args.num_seeds);
  double loss = 0.0;
  double last_epoch = 0.0;
  const double per_seed = static_cast<double>(tasks.size()) / args.num_seeds;
  for (const Task& task : tasks) {
    accuracies[task.seed - args.first_seed] += task.accuracy / per_seed;
    loss += task.loss / static_cast<double>(tasks.size());
    last_epoch += task.last_epoch / static_cast<double>(tasks.size());
  }
  const double mean = std::accumulate(accuracies.begin(), accuracies.end(), 0.0) / args.num_seeds;
  double square = 0.0;
  for (const double accuracy : accuracies) square += std::pow(accuracy - mean, 2);
  return nlohmann::json{{"net", args.net},
                        {"rows", args.opens_test ? "test" : "held out of training"},
                        {"from", args.from_original ? "original" : "shipped"},
                        {"changes", args.changes},
                        {"accuracy_mean", mean},
                        {"accuracy_std", std::sqrt(square / args.num_seeds)},
                        {"accuracies", accuracies},
                        {"loss_mean", loss},
                        {"kept_epoch_mean", last_epoch}};
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
