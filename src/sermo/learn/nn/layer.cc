#include "sermo/learn/nn/layer.h"

#include "sermo/learn/nn/elementwise_layers.h"
#include "sermo/learn/nn/product_layers.h"

namespace sermo::learn::nn {
namespace {

namespace spec = model::nn;

struct Maker {
  const Wiring& wiring;

  using Made = std::unique_ptr<Layer>;
  Made operator()(const spec::Sequence&) const { return nullptr; }
  Made operator()(const spec::Flatten&) const { return nullptr; }
  Made operator()(const spec::Softmax&) const { return nullptr; }
  Made operator()(const spec::Dense&) const { return make_dense(wiring); }
  Made operator()(const spec::Conv1d& l) const { return make_conv1d(wiring, l); }
  Made operator()(const spec::Relu&) const { return make_relu(wiring); }
  Made operator()(const spec::BatchNorm&) const { return make_batch_norm(wiring); }
  Made operator()(const spec::MaxPool& l) const { return make_max_pool(wiring, l); }
  Made operator()(const spec::Dropout& l) const { return make_dropout(wiring, l); }
  Made operator()(const spec::Lstm& l) const {
    return make_recurrent(wiring, spec::Cell::kLstm, l.units, l.sequences);
  }
  Made operator()(const spec::Gru& l) const {
    return make_recurrent(wiring, spec::Cell::kGru, l.units, l.sequences);
  }
};

template <typename... Kinds>
bool is_one_of(const spec::Layer& layer) {
  return (std::holds_alternative<Kinds>(layer) || ...);
}

}  // namespace

std::unique_ptr<Layer> make_layer(const Wiring& wiring) {
  return std::visit(Maker{wiring}, wiring.layer.layer);
}

bool has_no_work(const spec::Layer& layer) {
  return is_one_of<spec::Sequence, spec::Flatten, spec::Softmax>(layer);
}

bool can_work_in_place(const spec::Layer& layer) {
  return is_one_of<spec::Relu, spec::Dropout>(layer);
}

bool needs_its_output(const spec::Layer& layer) {
  return is_one_of<spec::Relu, spec::Lstm, spec::Gru>(layer);
}

}  // namespace sermo::learn::nn
