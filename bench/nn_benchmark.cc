// Times of a training step and of one answer of each net.
//
//   ninja sermo_nn_benchmark && sermo_nn_benchmark
//
// A step is what fit_net does for 32 rows of 110 features: rows into the batch, forward, loss and
// gradients, Adam; `Step/NET/K` runs K nets side by side, each on a thread of its own. `Answer` is
// one row through a finished net. Before any time is taken, each net must learn: 60 steps on one
// batch must take a twentieth off its loss.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "sermo/learn/nn/adam.h"
#include "sermo/learn/nn/batches.h"
#include "sermo/learn/nn/initialise.h"
#include "sermo/base/normal.h"
#include "sermo/learn/nn/training_net.h"
#include "sermo/model/nn/architectures.h"
#include "sermo/model/nn/neural_net.h"
#include "sermo/model/nn/operations.h"

namespace sermo {
namespace {

constexpr size_t kNumRows = 1152;
constexpr size_t kNumFeatures = 110;
constexpr size_t kNumLabels = 8;

struct Architecture {
  const char* name;
  model::nn::Graph (*graph)(size_t num_labels);
};
constexpr Architecture kArchitectures[] = {{"mlp", &model::nn::mlp},
                                           {"cnn1d", &model::nn::cnn1d},
                                           {"cnn_lstm", &model::nn::cnn_lstm},
                                           {"gru", &model::nn::gru},
                                           {"lstm", &model::nn::lstm}};

struct Rows {
  Matrix features{kNumRows, kNumFeatures};
  std::vector<int> labels = std::vector<int>(kNumRows);
  std::vector<double> weights = std::vector<double>(kNumRows, 1.0);

  Rows() {
    Random random(1, 0);
    for (size_t i = 0; i < kNumRows * kNumFeatures; ++i)
      features.data()[i] = static_cast<float>(normal(random));
    for (int& label : labels) label = static_cast<int>(random.below(kNumLabels));
  }
};

const Rows& rows() {
  static const Rows made;
  return made;
}

// All that a step of fit_net touches.
class Training {
 public:
  explicit Training(const Architecture& architecture)
      : plan_(*model::nn::plan(architecture.graph(kNumLabels), kNumFeatures)),
        net_(plan_, recipe_.batch_size, 1),
        adam_(plan_, {}),
        batches_({rows().features, rows().labels, rows().weights}, kNumLabels, recipe_, 1),
        targets_(recipe_.batch_size * kNumLabels),
        row_weights_(recipe_.batch_size) {
    learn::nn::initialise(plan_, 1, net_.weights());
    batches_.start_epoch();
  }

  double step(size_t batch) {
    batches_.fill(batch, {net_.input(), targets_, row_weights_});
    net_.forward(learn::nn::Mode::kTraining);
    const double loss = net_.backward(targets_, row_weights_);
    adam_.step(1e-3, net_.gradients(), net_.weights());
    return loss;
  }
  size_t num_batches() const { return batches_.num_batches(); }

 private:
  learn::nn::Recipe recipe_;
  model::nn::Plan plan_;
  learn::nn::TrainingNet net_;
  learn::nn::Adam adam_;
  learn::nn::Batches batches_;
  std::vector<float> targets_;
  std::vector<float> row_weights_;
};

void time_step(benchmark::State& state, const Architecture& architecture) {
  const model::nn::OnOneThread on_one_thread;
  Training training(architecture);
  size_t batch = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(training.step(batch));
    batch = (batch + 1) % training.num_batches();
  }
}

void time_answer(benchmark::State& state, const Architecture& architecture) {
  const model::nn::Plan plan = *model::nn::plan(architecture.graph(kNumLabels), kNumFeatures);
  model::nn::AlignedFloats weights(plan.num_floats);
  learn::nn::initialise(plan, 1, weights);
  const auto net = *model::nn::NeuralNet::create(architecture.graph(kNumLabels), kNumFeatures,
                                                 std::move(weights));
  Matrix out;
  size_t row = 0;
  for (auto _ : state) {
    net->predict_proba(MatrixView::row_vector(rows().features.row(row)), out);
    benchmark::DoNotOptimize(out.data());
    row = (row + 1) % kNumRows;
  }
}

bool learns(const Architecture& architecture) {
  const model::nn::OnOneThread on_one_thread;
  Training training(architecture);
  const double first = training.step(0);
  double loss = first;
  for (int step = 0; step < 60; ++step) loss = training.step(0);
  if (loss < 0.95 * first) return true;
  std::fprintf(stderr, "%s does not learn: loss %g, then %g\n", architecture.name, first, loss);
  return false;
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (const sermo::Architecture& architecture : sermo::kArchitectures) {
    if (!sermo::learns(architecture)) return EXIT_FAILURE;
    const std::string name = architecture.name;
    for (int num_nets : {1, 2}) {
      benchmark::RegisterBenchmark(("Step/" + name).c_str(),
                                   [&](benchmark::State& s) { sermo::time_step(s, architecture); })
          ->Threads(num_nets)
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    }
    benchmark::RegisterBenchmark(("Answer/" + name).c_str(), [&](benchmark::State& s) {
      sermo::time_answer(s, architecture);
    })->Unit(benchmark::kMicrosecond);
  }
  benchmark::RunSpecifiedBenchmarks();
  return EXIT_SUCCESS;
}
