// How a net is trained: everything that is not its architecture.
#pragma once

#include <cstddef>

namespace sermo::learn::nn {

enum class Schedule {
  kConstant,  // the learning rate stays
  kCosine,    // it falls to nothing along half a cosine (Loshchilov & Hutter 2017)
};

enum class Monitor {
  kAccuracy,  // of the validation rows; ties to the earlier epoch
  kLoss,      // their mean cross-entropy
};

// The defaults are the original project's: Keras's Adam with a constant rate, batches of 32, and an
// end when the validation accuracy has not risen for 5 epochs.
struct Recipe {
  int max_epochs = 50;
  size_t batch_size = 32;  // rows a step; larger: steadier gradients, fewer steps

  double learning_rate = 1e-3;  // of Adam, at its highest
  Schedule schedule = Schedule::kConstant;
  double warm_up = 0.0;    // share of all steps in which the rate rises to its highest
  double clip_norm = 0.0;  // gradients longer than this are shortened to it; 0: never

  // Recurrent layers start as memories that rotate, with states of this size (initialise.h); 0: by
  // Keras's initialisers, with which they forget an input within a few steps.
  double memory_scale = 0.0;
  double memory_rate = 1.0;  // share of the learning rate that kernels of recurrent layers learn at

  // Validation decides when to stop and which epoch's weights to keep.
  Monitor monitor = Monitor::kAccuracy;
  int patience = 5;  // epochs without improvement before the end; 0: all epochs are run

  // Against learning by heart.
  double weight_decay = 0.0;     // of kernels, decoupled (AdamW), times the learning rate
  double label_smoothing = 0.0;  // share of the target given to all labels alike
  double feature_noise = 0.0;    // standard deviation of noise added to the scaled features
  double feature_dropout = 0.0;  // share of the scaled features set to 0, their mean
  double mixup = 0.0;            // alpha of the Beta distribution that mixes pairs of rows; 0: none
                                 // (Zhang et al. 2018)
  double weight_average = 0.0;   // decay a step of a moving average of the weights, which is then
                                 // what is validated and kept; 0: the last weights themselves
};

// The learning rate of step `step` (from 0) of `num_steps`.
double learning_rate(const Recipe& recipe, size_t step, size_t num_steps);

}  // namespace sermo::learn::nn
