// The five nets, each as the original project defined it.
#pragma once

#include "sermo/model/nn/graph.h"

namespace sermo::model::nn {

Graph mlp(size_t num_labels);
Graph cnn1d(size_t num_labels);
Graph lstm(size_t num_labels);
Graph gru(size_t num_labels);
Graph cnn_lstm(size_t num_labels);

}  // namespace sermo::model::nn
