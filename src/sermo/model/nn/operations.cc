#include "sermo/model/nn/operations.h"

#include <cstring>
#include <dnnl.hpp>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/model/nn/aligned_floats.h"

// From libgomp, on which oneDNN runs. Declared here because clang's <omp.h> belongs to another
// OpenMP library.
extern "C" int omp_get_max_threads(void);
extern "C" void omp_set_num_threads(int);

namespace sermo::model::nn {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Descriptor = memory::desc;

constexpr memory::data_type kFloat = memory::data_type::f32;

memory::dim dim(size_t size) { return static_cast<memory::dim>(size); }

// Where primitives run: the CPU, in order.
struct Device {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

// oneDNN's arrays are never const; it writes only those that are results.
memory bind(const Device& device, const Descriptor& descriptor, const float* data) {
  return {descriptor, device.engine, const_cast<float*>(data)};
}

dnnl::primitive_attr own_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

// A compiled primitive with its arguments and its scratch memory.
class Primitive {
 public:
  using Arguments = std::vector<std::pair<int, memory>>;

  template <typename Description>
  Primitive(const Device& device, const dnnl::primitive& primitive, const Description& description,
            Arguments arguments)
      : Primitive(device, primitive, std::move(arguments)) {
    add(DNNL_ARG_SCRATCHPAD, memory(description.scratchpad_desc(), device.engine));
  }
  // Without scratch memory.
  Primitive(const Device& device, const dnnl::primitive& primitive, Arguments arguments)
      : stream_(device.stream), primitive_(primitive) {
    for (auto& [what, array] : arguments) add(what, std::move(array));
  }

  void run() const {
    const dnnl_status_t status =
        dnnl_primitive_execute(primitive_.get(), stream_.get(),
                               static_cast<int>(raw_arguments_.size()), raw_arguments_.data());
    SERMO_CHECK(status == dnnl_success, "a planned primitive runs");
  }

 private:
  void add(int what, memory array) {
    raw_arguments_.push_back({what, array.get()});
    arguments_.push_back(std::move(array));
  }

  dnnl::stream stream_;
  dnnl::primitive primitive_;
  std::vector<memory> arguments_;  // keeps them alive
  std::vector<dnnl_exec_arg_t> raw_arguments_;
};

// A plain array beside the layout that a primitive chose for it. Where both are the same, `array`
// is the plain array, and import and export do nothing.
class Adapted {
 public:
  Adapted(const Device& device, const Descriptor& plain, const float* data,
          const Descriptor& chosen) {
    const memory outside = bind(device, plain, data);
    if (plain == chosen) {
      array_ = outside;
      return;
    }
    array_ = memory(chosen, device.engine);
    // Padding in a chosen layout is zero and stays so.
    std::memset(array_.get_data_handle(), 0, chosen.get_size());
    import_.emplace(device, dnnl::reorder(outside, array_),
                    Primitive::Arguments{{DNNL_ARG_FROM, outside}, {DNNL_ARG_TO, array_}});
    export_.emplace(device, dnnl::reorder(array_, outside),
                    Primitive::Arguments{{DNNL_ARG_FROM, array_}, {DNNL_ARG_TO, outside}});
  }

  const memory& array() const { return array_; }
  void import_plain() const {
    if (import_) import_->run();
  }
  void export_plain() const {
    if (export_) export_->run();
  }
  void clear() const { std::memset(array_.get_data_handle(), 0, array_.get_desc().get_size()); }

 private:
  memory array_;
  std::optional<Primitive> import_;
  std::optional<Primitive> export_;
};

}  // namespace

OnOneThread::OnOneThread() : previous_(omp_get_max_threads()) { omp_set_num_threads(1); }
OnOneThread::~OnOneThread() { omp_set_num_threads(previous_); }

// --- matrix product ---

struct MatrixProduct::Impl {
  Device device;
  Primitive multiply;

  static Descriptor descriptor(const Factor& factor) {
    return {{dim(factor.rows), dim(factor.cols)}, kFloat, factor.transposed ? Tag::ba : Tag::ab};
  }
  static Primitive make(const Device& device, const Factor& a, const Factor& b, const float* bias,
                        float* out) {
    const Descriptor of_out({dim(a.rows), dim(b.cols)}, kFloat, Tag::ab);
    const Descriptor of_bias({1, dim(b.cols)}, kFloat, Tag::ab);
    const dnnl::matmul::desc operation =
        bias ? dnnl::matmul::desc(descriptor(a), descriptor(b), of_bias, of_out)
             : dnnl::matmul::desc(descriptor(a), descriptor(b), of_out);
    const dnnl::matmul::primitive_desc description(operation, own_scratchpad(), device.engine);
    Primitive::Arguments arguments{{DNNL_ARG_SRC, bind(device, descriptor(a), a.data)},
                                   {DNNL_ARG_WEIGHTS, bind(device, descriptor(b), b.data)},
                                   {DNNL_ARG_DST, bind(device, of_out, out)}};
    if (bias) arguments.emplace_back(DNNL_ARG_BIAS, bind(device, of_bias, bias));
    return {device, dnnl::matmul(description), description, std::move(arguments)};
  }
};

MatrixProduct::MatrixProduct(Factor a, Factor b, const float* bias, float* out) {
  SERMO_CHECK(a.cols == b.rows, "the factors fit");
  const Device device;
  impl_ = std::make_unique<Impl>(Impl{device, Impl::make(device, a, b, bias, out)});
}
MatrixProduct::~MatrixProduct() = default;
void MatrixProduct::run() const { impl_->multiply.run(); }

// --- convolution ---

struct Convolution::Impl {
  // oneDNN's channels-last kernels want whole vectors of channels; below that (one input channel)
  // it is quick only in layouts of its own choice.
  static bool runs_plain(const ConvolutionShape& s) {
    return s.in_channels % 16 == 0 && s.out_channels % 16 == 0;
  }
  static Descriptor plain(size_t batch, size_t channels, size_t steps) {
    return {{dim(batch), dim(channels), dim(steps)}, kFloat, Tag::nwc};
  }
  static Descriptor chosen(size_t batch, size_t channels, size_t steps, bool is_plain) {
    return {{dim(batch), dim(channels), dim(steps)}, kFloat, is_plain ? Tag::nwc : Tag::any};
  }

  explicit Impl(ConvolutionShape s)
      : shape(s),
        plain_x(plain(s.batch, s.in_channels, s.steps)),
        plain_y(plain(s.batch, s.out_channels, s.steps)),
        any_x(chosen(s.batch, s.in_channels, s.steps, runs_plain(s))),
        any_y(chosen(s.batch, s.out_channels, s.steps, runs_plain(s))),
        plain_kernel({dim(s.out_channels), dim(s.in_channels), dim(s.kernel)}, kFloat, Tag::wio),
        any_kernel(plain_kernel.dims(), kFloat, Tag::any),
        of_bias({dim(s.out_channels)}, kFloat, Tag::x),
        padding{dim(s.kernel / 2)},
        description({dnnl::prop_kind::forward_training,
                     dnnl::algorithm::convolution_direct,
                     any_x,
                     any_kernel,
                     of_bias,
                     any_y,
                     {1},
                     padding,
                     padding},
                    own_scratchpad(), device.engine) {}

  Device device;
  ConvolutionShape shape;
  Descriptor plain_x, plain_y, any_x, any_y, plain_kernel, any_kernel, of_bias;
  memory::dims padding;
  dnnl::convolution_forward::primitive_desc description;
  const float* x_data = nullptr;
  const float* kernel_data = nullptr;
  std::optional<Adapted> x, kernel, y;
  std::optional<Primitive> convolve;
};

Convolution::Convolution(ConvolutionShape shape, const float* x, const float* kernel,
                         const float* bias, float* y) {
  auto impl = std::make_unique<Impl>(shape);
  const Device& device = impl->device;
  impl->x_data = x;
  impl->kernel_data = kernel;
  impl->x.emplace(device, impl->plain_x, x, impl->description.src_desc());
  impl->kernel.emplace(device, impl->plain_kernel, kernel, impl->description.weights_desc());
  impl->y.emplace(device, impl->plain_y, y, impl->description.dst_desc());
  impl->convolve.emplace(device, dnnl::convolution_forward(impl->description), impl->description,
                         Primitive::Arguments{{DNNL_ARG_SRC, impl->x->array()},
                                              {DNNL_ARG_WEIGHTS, impl->kernel->array()},
                                              {DNNL_ARG_BIAS, bind(device, impl->of_bias, bias)},
                                              {DNNL_ARG_DST, impl->y->array()}});
  impl_ = std::move(impl);
}
Convolution::~Convolution() = default;
void Convolution::load_weights() const { impl_->kernel->import_plain(); }
void Convolution::run() const {
  impl_->x->import_plain();
  impl_->convolve->run();
  impl_->y->export_plain();
}

struct ConvolutionGradient::Impl {
  struct OfWeights {
    Adapted x, dy, dkernel;
    Primitive primitive;
  };
  struct OfData {
    Adapted dy, kernel, dx;
    Primitive primitive;
  };

  static OfWeights of_weights(const Convolution::Impl& f, const float* dy, const float* dkernel,
                              const float* dbias) {
    const dnnl::convolution_backward_weights::primitive_desc description(
        {dnnl::algorithm::convolution_direct,
         f.any_x,
         f.any_kernel,
         f.of_bias,
         f.any_y,
         {1},
         f.padding,
         f.padding},
        own_scratchpad(), f.device.engine, f.description);
    Adapted x(f.device, f.plain_x, f.x_data, description.src_desc());
    Adapted of_dy(f.device, f.plain_y, dy, description.diff_dst_desc());
    Adapted of_dkernel(f.device, f.plain_kernel, dkernel, description.diff_weights_desc());
    Primitive primitive(f.device, dnnl::convolution_backward_weights(description), description,
                        {{DNNL_ARG_SRC, x.array()},
                         {DNNL_ARG_DIFF_DST, of_dy.array()},
                         {DNNL_ARG_DIFF_WEIGHTS, of_dkernel.array()},
                         {DNNL_ARG_DIFF_BIAS, bind(f.device, f.of_bias, dbias)}});
    return {std::move(x), std::move(of_dy), std::move(of_dkernel), std::move(primitive)};
  }
  static OfData of_data(const Convolution::Impl& f, const float* dy, const float* dx) {
    const dnnl::convolution_backward_data::primitive_desc description(
        {dnnl::algorithm::convolution_direct,
         f.any_x,
         f.any_kernel,
         f.any_y,
         {1},
         f.padding,
         f.padding},
        own_scratchpad(), f.device.engine, f.description);
    Adapted of_dy(f.device, f.plain_y, dy, description.diff_dst_desc());
    Adapted kernel(f.device, f.plain_kernel, f.kernel_data, description.weights_desc());
    Adapted of_dx(f.device, f.plain_x, dx, description.diff_src_desc());
    Primitive primitive(f.device, dnnl::convolution_backward_data(description), description,
                        {{DNNL_ARG_DIFF_DST, of_dy.array()},
                         {DNNL_ARG_WEIGHTS, kernel.array()},
                         {DNNL_ARG_DIFF_SRC, of_dx.array()}});
    return {std::move(of_dy), std::move(kernel), std::move(of_dx), std::move(primitive)};
  }

  OfWeights weights;
  std::optional<OfData> data;
};

ConvolutionGradient::ConvolutionGradient(const Convolution& forward, const float* dy, float* dx,
                                         float* dkernel, float* dbias) {
  const Convolution::Impl& f = *forward.impl_;
  Impl impl{Impl::of_weights(f, dy, dkernel, dbias), std::nullopt};
  if (dx != nullptr) impl.data.emplace(Impl::of_data(f, dy, dx));
  impl_ = std::make_unique<const Impl>(std::move(impl));
}
ConvolutionGradient::~ConvolutionGradient() = default;
void ConvolutionGradient::run() const {
  const Impl::OfWeights& weights = impl_->weights;
  weights.x.import_plain();
  weights.dy.import_plain();
  weights.primitive.run();
  weights.dkernel.export_plain();
  if (!impl_->data) return;
  const Impl::OfData& data = *impl_->data;
  data.dy.import_plain();
  data.kernel.import_plain();
  data.primitive.run();
  data.dx.export_plain();
}

// --- recurrence ---

struct Recurrence::Impl {
  // The descriptors of oneDNN: x and y as [steps, batch, channels], here with the batch outermost.
  static Descriptor states(const RecurrenceShape& s, size_t channels) {
    return {{dim(s.steps), dim(s.batch), dim(channels)}, kFloat, Tag::ntc};
  }
  static Descriptor kernel(const RecurrenceShape& s, size_t in, Tag tag) {
    const size_t num_gates = s.cell == Cell::kLstm ? 4 : 3;
    return {{1, 1, dim(in), dim(num_gates), dim(s.units)}, kFloat, tag};
  }

  Impl(RecurrenceShape s, Use use)
      : shape(s),
        of_x(states(s, s.in_channels)),
        of_y(states(s, s.units)),
        plain_kernel(kernel(s, s.in_channels, Tag::ldigo)),
        any_kernel(kernel(s, s.in_channels, Tag::any)),
        plain_recurrent(kernel(s, s.units, Tag::ldigo)),
        any_recurrent(kernel(s, s.units, Tag::any)),
        of_bias({1, 1, 4, dim(s.units)}, kFloat, Tag::ldgo) {
    const auto kind = use == Use::kTraining ? dnnl::prop_kind::forward_training
                                            : dnnl::prop_kind::forward_inference;
    const auto direction = dnnl::rnn_direction::unidirectional_left2right;
    const Descriptor none;
    if (s.cell == Cell::kLstm) {
      lstm = dnnl::lstm_forward::primitive_desc(
          {kind, direction, of_x, none, none, any_kernel, any_recurrent, of_bias, of_y, none, none},
          own_scratchpad(), device.engine);
    } else {
      gru = dnnl::lbr_gru_forward::primitive_desc(
          {kind, direction, of_x, none, any_kernel, any_recurrent, of_bias, of_y, none},
          own_scratchpad(), device.engine);
    }
  }

  // The one of both descriptions that this cell has.
  template <typename Function>
  auto with_description(Function function) const {
    return shape.cell == Cell::kLstm ? function(lstm) : function(gru);
  }

  Device device;
  RecurrenceShape shape;
  Descriptor of_x, of_y, plain_kernel, any_kernel, plain_recurrent, any_recurrent, of_bias;
  dnnl::lstm_forward::primitive_desc lstm;
  dnnl::lbr_gru_forward::primitive_desc gru;

  RecurrenceWeights data{};
  memory x, y, bias, workspace;
  std::optional<Adapted> chosen_kernel, chosen_recurrent;
  std::optional<Primitive> recur;
};

Recurrence::Recurrence(RecurrenceShape shape, Use use, const float* x, RecurrenceWeights weights,
                       float* y) {
  auto impl = std::make_unique<Impl>(shape, use);
  const Device& device = impl->device;
  impl->data = weights;
  impl->x = bind(device, impl->of_x, x);
  impl->y = bind(device, impl->of_y, y);
  impl->bias = bind(device, impl->of_bias, weights.bias);
  const auto [of_kernel, of_recurrent, of_workspace] = impl->with_description([](const auto& d) {
    return std::tuple(d.weights_layer_desc(), d.weights_iter_desc(), d.workspace_desc());
  });
  impl->chosen_kernel.emplace(device, impl->plain_kernel, weights.kernel, of_kernel);
  impl->chosen_recurrent.emplace(device, impl->plain_recurrent, weights.recurrent_kernel,
                                 of_recurrent);
  impl->workspace = memory(of_workspace, device.engine);
  Primitive::Arguments arguments{{DNNL_ARG_SRC_LAYER, impl->x},
                                 {DNNL_ARG_WEIGHTS_LAYER, impl->chosen_kernel->array()},
                                 {DNNL_ARG_WEIGHTS_ITER, impl->chosen_recurrent->array()},
                                 {DNNL_ARG_BIAS, impl->bias},
                                 {DNNL_ARG_DST_LAYER, impl->y},
                                 {DNNL_ARG_WORKSPACE, impl->workspace}};
  if (shape.cell == Cell::kLstm) {
    impl->recur.emplace(device, dnnl::lstm_forward(impl->lstm), impl->lstm, std::move(arguments));
  } else {
    impl->recur.emplace(device, dnnl::lbr_gru_forward(impl->gru), impl->gru, std::move(arguments));
  }
  impl_ = std::move(impl);
}
Recurrence::~Recurrence() = default;
void Recurrence::load_weights() const {
  impl_->chosen_kernel->import_plain();
  impl_->chosen_recurrent->import_plain();
}
void Recurrence::run() const { impl_->recur->run(); }

struct RecurrenceGradient::Impl {
  template <typename Backward, typename Description>
  static Impl make(const Recurrence::Impl& f, const Description& description, const float* dy,
                   AlignedFloats own_dx, float* dx, RecurrenceGradients gradients) {
    const Device& device = f.device;
    Adapted kernel(device, f.plain_kernel, f.data.kernel, description.weights_layer_desc());
    Adapted recurrent(device, f.plain_recurrent, f.data.recurrent_kernel,
                      description.weights_iter_desc());
    Adapted dkernel(device, f.plain_kernel, gradients.kernel,
                    description.diff_weights_layer_desc());
    Adapted drecurrent(device, f.plain_recurrent, gradients.recurrent_kernel,
                       description.diff_weights_iter_desc());
    Adapted dbias(device, f.of_bias, gradients.bias, f.of_bias);
    Primitive primitive(
        device, Backward(description), description,
        {{DNNL_ARG_SRC_LAYER, f.x},
         {DNNL_ARG_WEIGHTS_LAYER, kernel.array()},
         {DNNL_ARG_WEIGHTS_ITER, recurrent.array()},
         {DNNL_ARG_BIAS, f.bias},
         {DNNL_ARG_DST_LAYER, f.y},
         {DNNL_ARG_WORKSPACE, f.workspace},
         {DNNL_ARG_DIFF_DST_LAYER, bind(device, f.of_y, dy)},
         {DNNL_ARG_DIFF_SRC_LAYER, bind(device, f.of_x, dx != nullptr ? dx : own_dx.data())},
         {DNNL_ARG_DIFF_WEIGHTS_LAYER, dkernel.array()},
         {DNNL_ARG_DIFF_WEIGHTS_ITER, drecurrent.array()},
         {DNNL_ARG_DIFF_BIAS, dbias.array()}});
    return {std::move(kernel), std::move(recurrent), std::move(dkernel),  std::move(drecurrent),
            std::move(dbias),  std::move(own_dx),    std::move(primitive)};
  }

  Adapted kernel, recurrent, dkernel, drecurrent, dbias;
  AlignedFloats own_dx;  // where nobody asked for dx
  Primitive primitive;
};

RecurrenceGradient::RecurrenceGradient(const Recurrence& forward, const float* dy, float* dx,
                                       RecurrenceGradients gradients) {
  const Recurrence::Impl& f = *forward.impl_;
  const RecurrenceShape& s = f.shape;
  AlignedFloats own_dx(dx == nullptr ? s.batch * s.steps * s.in_channels : 0);
  const auto direction = dnnl::rnn_direction::unidirectional_left2right;
  const Descriptor none;
  if (s.cell == Cell::kLstm) {
    const dnnl::lstm_backward::primitive_desc description({dnnl::prop_kind::backward,
                                                           direction,
                                                           f.of_x,
                                                           none,
                                                           none,
                                                           f.any_kernel,
                                                           f.any_recurrent,
                                                           f.of_bias,
                                                           f.of_y,
                                                           none,
                                                           none,
                                                           f.of_x,
                                                           none,
                                                           none,
                                                           f.any_kernel,
                                                           f.any_recurrent,
                                                           f.of_bias,
                                                           f.of_y,
                                                           none,
                                                           none},
                                                          own_scratchpad(), f.device.engine,
                                                          f.lstm);
    impl_ = std::make_unique<const Impl>(
        Impl::make<dnnl::lstm_backward>(f, description, dy, std::move(own_dx), dx, gradients));
  } else {
    const dnnl::lbr_gru_backward::primitive_desc description(
        {dnnl::prop_kind::backward, direction, f.of_x, none, f.any_kernel, f.any_recurrent,
         f.of_bias, f.of_y, none, f.of_x, none, f.any_kernel, f.any_recurrent, f.of_bias, f.of_y,
         none},
        own_scratchpad(), f.device.engine, f.gru);
    impl_ = std::make_unique<const Impl>(
        Impl::make<dnnl::lbr_gru_backward>(f, description, dy, std::move(own_dx), dx, gradients));
  }
}
RecurrenceGradient::~RecurrenceGradient() = default;
void RecurrenceGradient::run() const {
  impl_->kernel.import_plain();
  impl_->recurrent.import_plain();
  // oneDNN adds to the gradients of recurrent weights instead of setting them.
  impl_->dkernel.clear();
  impl_->drecurrent.clear();
  impl_->dbias.clear();
  impl_->primitive.run();
  impl_->dkernel.export_plain();
  impl_->drecurrent.export_plain();
  impl_->dbias.export_plain();
}

}  // namespace sermo::model::nn
