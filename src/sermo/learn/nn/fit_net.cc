#include "sermo/learn/nn/fit_net.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "sermo/learn/nn/adam.h"
#include "sermo/learn/nn/initialise.h"
#include "sermo/learn/nn/training_net.h"
#include "sermo/model/classifier.h"
#include "sermo/model/nn/operations.h"

namespace sermo::learn::nn {
namespace {

using model::nn::AlignedFloats;

// Mean loss and share of right answers over rows.
struct Score {
  double loss = 0.0;
  double accuracy = 0.0;
};

class Fit {
 public:
  explicit Fit(const FitNetRequest& request)
      : request_(request),
        recipe_(request.recipe),
        batches_(request.train, request.plan.num_labels, recipe_, request.seed),
        net_(request.plan, batches_.batch_size(), request.seed),
        adam_(request.plan,
              {.weight_decay = recipe_.weight_decay, .memory_rate = recipe_.memory_rate}),
        targets_(batches_.batch_size() * request.plan.num_labels),
        row_weights_(batches_.batch_size()),
        num_steps_(batches_.num_batches() * static_cast<size_t>(recipe_.max_epochs)) {
    initialise(request.plan, request.seed, net_.weights(), recipe_.memory_scale);
    if (recipe_.weight_average > 0.0) average_.assign(net_.weights().begin(), net_.weights().end());
  }

  Result<FittedNet> run() {
    FittedNet fitted;
    Score best{std::numeric_limits<double>::infinity(), -1.0};
    const bool validates = request_.validation.features.num_rows() > 0;
    for (int epoch = 1; epoch <= recipe_.max_epochs; ++epoch) {
      SERMO_TRY(const Score trained, train_epoch());
      if (!std::isfinite(trained.loss)) {
        return fail(ErrorCode::kNotFinite,
                    fmt::format("the loss of epoch {} is not finite", epoch));
      }
      exchange_with_average();
      const Score validated = validates ? validate() : Score{};
      const bool is_best = !validates || is_better(validated, best);
      if (is_best) {
        best = validated;
        fitted.best_epoch = epoch;
        fitted.weights.assign(net_.weights().begin(), net_.weights().end());
      }
      exchange_with_average();
      fitted.num_epochs = epoch;
      report(epoch, trained, validated, is_best);
      if (validates && recipe_.patience > 0 && epoch - fitted.best_epoch >= recipe_.patience) break;
    }
    return fitted;
  }

 private:
  Result<Score> train_epoch() {
    Score score;
    const double num_batches = static_cast<double>(batches_.num_batches());
    const double num_rows = num_batches * static_cast<double>(batches_.batch_size());
    const size_t num_labels = request_.plan.num_labels;
    batches_.start_epoch();
    for (size_t b = 0; b < batches_.num_batches(); ++b, ++step_) {
      if (request_.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "cancelled");
      batches_.fill(b, {net_.input(), targets_, row_weights_});
      const std::span<const float> probabilities = net_.forward(Mode::kTraining);
      const std::span<const float> targets = targets_;
      for (size_t at = 0; at < targets.size(); at += num_labels) {
        const bool is_right = model::argmax(probabilities.subspan(at, num_labels)) ==
                              model::argmax(targets.subspan(at, num_labels));
        score.accuracy += is_right ? 1.0 / num_rows : 0.0;
      }
      score.loss += net_.backward(targets_, row_weights_) / num_batches;
      clip_gradients();
      adam_.step(learning_rate(recipe_, step_, num_steps_), net_.gradients(), net_.weights());
      update_average();
    }
    return score;
  }

  // The validation rows, a batch at a time; the rest of the last batch is whatever was there.
  Score validate() {
    Score score;
    const NetRows& rows = request_.validation;
    const size_t num_rows = rows.features.num_rows();
    const size_t num_labels = request_.plan.num_labels;
    for (size_t begin = 0; begin < num_rows; begin += net_.num_rows()) {
      const size_t end = std::min(begin + net_.num_rows(), num_rows);
      for (size_t r = begin; r < end; ++r)
        std::ranges::copy(rows.features.row(r),
                          net_.input().subspan((r - begin) * rows.features.num_cols()).begin());
      const std::span<const float> probabilities = net_.forward(Mode::kInference);
      for (size_t r = begin; r < end; ++r) {
        const std::span<const float> p =
            probabilities.subspan((r - begin) * num_labels, num_labels);
        const auto label = static_cast<size_t>(rows.labels[r]);
        const double share = 1.0 / static_cast<double>(num_rows);
        score.loss -= share * std::log(std::max(p[label], kSmallestProbability));
        if (model::argmax(p) == label) score.accuracy += share;
      }
    }
    return score;
  }

  bool is_better(const Score& score, const Score& best) const {
    return recipe_.monitor == Monitor::kAccuracy ? score.accuracy > best.accuracy
                                                 : score.loss < best.loss;
  }

  void clip_gradients() {
    if (recipe_.clip_norm <= 0.0) return;
    double square = 0.0;
    for (float g : net_.gradients()) square += static_cast<double>(g) * g;
    const double norm = std::sqrt(square);
    if (norm <= recipe_.clip_norm) return;
    const auto factor = static_cast<float>(recipe_.clip_norm / norm);
    for (float& g : net_.gradients()) g *= factor;
  }

  // The average follows quickly at first, so that it forgets where the weights began.
  void update_average() {
    if (average_.empty()) return;
    const auto step = static_cast<double>(step_ + 1);
    const double decay = std::min(recipe_.weight_average, step / (step + 9.0));
    const auto share = static_cast<float>(1.0 - decay);
    const std::span<const float> weights = net_.weights();
    for (size_t i = 0; i < weights.size(); ++i) average_[i] += share * (weights[i] - average_[i]);
  }
  void exchange_with_average() {
    if (!average_.empty())
      std::swap_ranges(average_.begin(), average_.end(), net_.weights().begin());
  }

  void report(int epoch, const Score& trained, const Score& validated, bool is_best) const {
    if (!request_.on_epoch) return;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
    const double seconds = elapsed.count();
    request_.on_epoch({.epoch = epoch,
                       .max_epochs = recipe_.max_epochs,
                       .learning_rate = learning_rate(recipe_, step_ - 1, num_steps_),
                       .loss = trained.loss,
                       .accuracy = trained.accuracy,
                       .validation_loss = validated.loss,
                       .validation_accuracy = validated.accuracy,
                       .is_best = is_best,
                       .seconds = seconds,
                       .seconds_left = seconds / epoch * (recipe_.max_epochs - epoch)});
  }

  const FitNetRequest& request_;
  const Recipe& recipe_;
  Batches batches_;
  TrainingNet net_;
  Adam adam_;
  std::vector<float> targets_;
  std::vector<float> row_weights_;
  AlignedFloats average_;  // of the weights; empty where the recipe wants none
  size_t num_steps_;       // if all epochs are run
  size_t step_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<FittedNet> fit_net(const FitNetRequest& request) {
  if (request.train.features.num_rows() == 0)
    return fail(ErrorCode::kTooShort, "no rows to train a net on");
  const model::nn::OnOneThread on_one_thread;
  return Fit(request).run();
}

}  // namespace sermo::learn::nn
