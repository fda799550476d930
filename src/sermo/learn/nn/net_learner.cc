#include "sermo/learn/nn/net_learner.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sermo/learn/nn/fit_net.h"
#include "sermo/model/nn/architectures.h"
#include "sermo/model/nn/neural_net.h"

namespace sermo::learn::nn {
namespace {

nlohmann::json to_json(const EpochRecord& record, bool has_validation) {
  nlohmann::json line{{"epoch", record.epoch},  {"learning_rate", record.learning_rate},
                      {"loss", record.loss},    {"accuracy", record.accuracy},
                      {"best", record.is_best}, {"seconds", record.seconds}};
  if (has_validation) {
    line["validation_loss"] = record.validation_loss;
    line["validation_accuracy"] = record.validation_accuracy;
  }
  return line;
}

FitProgress to_progress(const EpochRecord& record, bool has_validation) {
  std::string note = fmt::format("epoch {} of {}, loss {:.3f}, accuracy {:.3f}", record.epoch,
                                 record.max_epochs, record.loss, record.accuracy);
  if (has_validation) note += fmt::format(", validation {:.3f}", record.validation_accuracy);
  note += fmt::format(", {:.0f} s left", record.seconds_left);
  return {static_cast<double>(record.epoch) / record.max_epochs, std::move(note)};
}

// What helps every net on held-out training clips (tools/learn/nn_recipe.cc): all 50 epochs at a
// high rate that falls to nothing, mixed rows, the average of the last steps' weights, and the
// loss, which is steadier than the accuracy of a hundred clips, to choose the epoch by.
Recipe patient_recipe() {
  Recipe recipe;
  recipe.patience = 0;
  recipe.monitor = Monitor::kLoss;
  recipe.schedule = Schedule::kCosine;
  recipe.warm_up = 0.1;
  recipe.mixup = 0.4;
  recipe.weight_average = 0.98;
  return recipe;
}

// Recurrent nets besides: they cannot learn what they have forgotten, and weight decay would wear
// the memory away.
Recipe memory_recipe(double learning_rate) {
  Recipe recipe = patient_recipe();
  recipe.learning_rate = learning_rate;
  recipe.clip_norm = 1.0;
  recipe.feature_noise = 0.1;
  recipe.memory_scale = 0.1;
  recipe.memory_rate = 0.1;
  return recipe;
}

}  // namespace

NetOptions mlp_options() {
  Recipe recipe = patient_recipe();
  recipe.batch_size = 64;
  recipe.learning_rate = 1e-2;
  recipe.weight_decay = 0.2;
  return {"mlp", "Multilayer perceptron", &model::nn::mlp, recipe};
}

NetOptions cnn1d_options() {
  Recipe recipe = patient_recipe();
  recipe.learning_rate = 2e-3;
  recipe.weight_decay = 1.0;
  return {"cnn1d", "Convolutional net", &model::nn::cnn1d, recipe};
}

NetOptions lstm_options() { return {"lstm", "LSTM", &model::nn::lstm, memory_recipe(3e-3)}; }
NetOptions gru_options() { return {"gru", "GRU", &model::nn::gru, memory_recipe(3e-3)}; }
NetOptions cnn_lstm_options() {
  return {"cnn_lstm", "Convolutional LSTM", &model::nn::cnn_lstm, memory_recipe(5e-3)};
}

Result<std::shared_ptr<const NetLearner>> NetLearner::create(NetOptions options) {
  const Recipe& r = options.recipe;
  const auto is_share = [](double value) { return value >= 0.0 && value < 1.0; };
  if (options.architecture == nullptr || r.max_epochs < 1 || r.batch_size < 1 ||
      !(r.learning_rate > 0.0) || !is_share(r.warm_up) || !(r.clip_norm >= 0.0) ||
      !(r.memory_scale >= 0.0) || !(r.memory_rate >= 0.0) || r.patience < 0 ||
      !(r.weight_decay >= 0.0) || !is_share(r.label_smoothing) || !(r.feature_noise >= 0.0) ||
      !is_share(r.feature_dropout) || !(r.mixup >= 0.0 && r.mixup <= 1.0) ||
      !is_share(r.weight_average)) {
    return fail(ErrorCode::kUsage, options.name + ": the recipe has a number out of range");
  }
  return std::shared_ptr<const NetLearner>(new NetLearner(std::move(options)));
}

nlohmann::json NetLearner::hyperparameters() const {
  const Recipe& r = options_.recipe;
  model::nn::Graph hidden = options_.architecture(1);
  hidden.layers.resize(hidden.layers.size() - 2);  // but for the layer of labels and the softmax
  return {{"hidden_layers", model::nn::to_text(hidden)},
          {"max_epochs", r.max_epochs},
          {"batch_size", r.batch_size},
          {"optimizer", "adam"},
          {"learning_rate", r.learning_rate},
          {"schedule", r.schedule == Schedule::kCosine ? "cosine" : "constant"},
          {"warm_up", r.warm_up},
          {"clip_norm", r.clip_norm},
          {"memory_scale", r.memory_scale},
          {"memory_rate", r.memory_rate},
          {"monitor", r.monitor == Monitor::kLoss ? "loss" : "accuracy"},
          {"patience", r.patience},
          {"weight_decay", r.weight_decay},
          {"label_smoothing", r.label_smoothing},
          {"feature_noise", r.feature_noise},
          {"feature_dropout", r.feature_dropout},
          {"mixup", r.mixup},
          {"weight_average", r.weight_average}};
}

Result<std::shared_ptr<const model::Core>> NetLearner::fit_core(const ScaledExamples& examples,
                                                                const FitRequest& request) const {
  const model::nn::Graph graph = options_.architecture(examples.num_labels);
  SERMO_TRY(const model::nn::Plan plan, model::nn::plan(graph, request.signature.num_features));
  Recipe recipe = options_.recipe;
  if (request.max_epochs > 0) recipe.max_epochs = request.max_epochs;
  const bool has_validation = !examples.validation_labels.empty();
  const auto on_epoch = [&](const EpochRecord& record) {
    if (request.log) request.log(to_json(record, has_validation));
    if (request.progress) request.progress(to_progress(record, has_validation));
  };
  SERMO_TRY(FittedNet fitted,
            fit_net({.plan = plan,
                     .recipe = recipe,
                     .train = {examples.features, examples.labels, examples.weights},
                     .validation = {examples.validation_features, examples.validation_labels, {}},
                     .seed = request.seed,
                     .cancel = request.cancel,
                     .on_epoch = on_epoch}));
  SERMO_TRY(std::shared_ptr<const model::Core> core,
            model::nn::NeuralNet::create(graph, plan.num_features, std::move(fitted.weights)));
  return core;
}

}  // namespace sermo::learn::nn
