#include "sermo/model/nn/architectures.h"

namespace sermo::model::nn {

// clang-format off
Graph mlp(size_t num_labels) {
  return {{Dense{512}, Relu{}, BatchNorm{}, Dropout{.4f},
           Dense{256}, Relu{}, BatchNorm{}, Dropout{.3f},
           Dense{128}, Relu{}, BatchNorm{}, Dropout{.3f},
           Dense{num_labels}, Softmax{}}};
}

Graph cnn1d(size_t num_labels) {
  return {{Sequence{},
           Conv1d{64, 5}, Relu{}, BatchNorm{}, MaxPool{2}, Dropout{.3f},
           Conv1d{128, 5}, Relu{}, BatchNorm{}, MaxPool{2}, Dropout{.3f},
           Flatten{}, Dense{128}, Relu{}, BatchNorm{}, Dropout{.3f},
           Dense{num_labels}, Softmax{}}};
}

Graph lstm(size_t num_labels) {
  return {{Sequence{},
           Lstm{128, true}, Dropout{.3f},
           Lstm{64}, Dropout{.3f},
           Dense{64}, Relu{},
           Dense{num_labels}, Softmax{}}};
}

Graph gru(size_t num_labels) {
  return {{Sequence{},
           Gru{128, true}, Dropout{.3f},
           Gru{64}, Dropout{.3f},
           Dense{64}, Relu{},
           Dense{num_labels}, Softmax{}}};
}

Graph cnn_lstm(size_t num_labels) {
  return {{Sequence{},
           Conv1d{64, 3}, Relu{}, MaxPool{2}, Dropout{.3f},
           Lstm{64}, Dropout{.3f},
           Dense{64}, Relu{},
           Dense{num_labels}, Softmax{}}};
}
// clang-format on

}  // namespace sermo::model::nn
