#include "sermo/model/nn/graph.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <span>

namespace sermo::model::nn {
namespace {

constexpr size_t kFloatsPerCacheLine = 16;

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
// Later compilers deduce this by themselves; clang 16 does not.
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

struct Text {
  std::string_view kind;
  std::string arguments;  // "(64,5)" or nothing
};

Text text_of(const Layer& layer) {
  const auto recurrent = [](const auto& l) {
    return l.sequences ? fmt::format("({},sequences)", l.units) : fmt::format("({})", l.units);
  };
  return std::visit(Overloaded{
                        [](const Sequence&) -> Text {
                          return {"sequence", ""};
                        },
                        [](const Dense& l) -> Text {
                          return {"dense", fmt::format("({})", l.units)};
                        },
                        [](const Conv1d& l) -> Text {
                          return {"conv1d", fmt::format("({},{})", l.filters, l.kernel)};
                        },
                        [](const Relu&) -> Text {
                          return {"relu", ""};
                        },
                        [](const BatchNorm&) -> Text {
                          return {"batch_norm", ""};
                        },
                        [](const MaxPool& l) -> Text {
                          return {"max_pool", fmt::format("({})", l.size)};
                        },
                        [](const Dropout& l) -> Text {
                          return {"dropout", fmt::format("({})", l.rate)};
                        },
                        [](const Flatten&) -> Text {
                          return {"flatten", ""};
                        },
                        [&](const Lstm& l) -> Text {
                          return {"lstm", recurrent(l)};
                        },
                        [&](const Gru& l) -> Text {
                          return {"gru", recurrent(l)};
                        },
                        [](const Softmax&) -> Text {
                          return {"softmax", ""};
                        },
                    },
                    layer);
}

std::string text_of(const Shape& shape) {
  return shape.is_sequence ? fmt::format("a sequence [{}, {}]", shape.steps, shape.channels)
                           : fmt::format("a vector [{}]", shape.channels);
}

Shape vector_of(size_t channels) { return {false, 1, channels}; }
Shape sequence_of(size_t steps, size_t channels) { return {true, steps, channels}; }

// Checks one layer against its input and adds output shape and weights.
class Planner {
 public:
  explicit Planner(PlannedLayer& planned) : planned_(planned), in_(planned.input) {}

  Result<void> operator()(const Sequence&) {
    if (in_.is_sequence) return refuse("a vector");
    return give(sequence_of(in_.channels, 1));
  }
  Result<void> operator()(const Dense& l) {
    if (in_.is_sequence) return refuse("a vector");
    SERMO_TRY_VOID(check_width(l.units, "units"));
    add("kernel", WeightRole::kKernel, {in_.channels, l.units});
    add("bias", WeightRole::kBias, {l.units});
    return give(vector_of(l.units));
  }
  Result<void> operator()(const Conv1d& l) {
    if (!in_.is_sequence) return refuse("a sequence");
    SERMO_TRY_VOID(check_width(l.filters, "filters"));
    if (l.kernel % 2 == 0 || l.kernel > kMaxWidth) return refuse("an odd kernel");
    add("kernel", WeightRole::kKernel, {l.kernel, in_.channels, l.filters});
    add("bias", WeightRole::kBias, {l.filters});
    return give(sequence_of(in_.steps, l.filters));
  }
  Result<void> operator()(const Relu&) { return give(in_); }
  Result<void> operator()(const BatchNorm&) {
    add("gamma", WeightRole::kScale, {in_.channels});
    add("beta", WeightRole::kShift, {in_.channels});
    add("moving_mean", WeightRole::kMovingMean, {in_.channels});
    add("moving_variance", WeightRole::kMovingVariance, {in_.channels});
    return give(in_);
  }
  Result<void> operator()(const MaxPool& l) {
    if (!in_.is_sequence || l.size == 0 || in_.steps < l.size)
      return refuse(fmt::format("a sequence of at least {} steps", std::max<size_t>(l.size, 1)));
    return give(sequence_of(in_.steps / l.size, in_.channels));
  }
  Result<void> operator()(const Dropout& l) {
    if (!(l.rate >= 0.0f && l.rate < 1.0f)) return refuse("a rate of at least 0 and below 1");
    return give(in_);
  }
  Result<void> operator()(const Flatten&) {
    if (!in_.is_sequence) return refuse("a sequence");
    SERMO_TRY_VOID(check_width(in_.size(), "values"));
    return give(vector_of(in_.size()));
  }
  Result<void> operator()(const Lstm& l) {
    return recurrent(l.units, l.sequences, 4, 4, WeightRole::kLstmBias);
  }
  // Keras keeps two biases a gate; only the candidate's two differ in effect, so the recurrent ones
  // of the other gates are left out: update, reset, candidate, and the candidate's recurrent bias.
  Result<void> operator()(const Gru& l) {
    return recurrent(l.units, l.sequences, 3, 4, WeightRole::kGruBias);
  }
  Result<void> operator()(const Softmax&) {
    if (in_.is_sequence) return refuse("a vector");
    return give(in_);
  }

 private:
  Result<void> recurrent(size_t units, bool sequences, size_t num_gates, size_t num_biases,
                         WeightRole bias) {
    if (!in_.is_sequence) return refuse("a sequence");
    SERMO_TRY_VOID(check_width(units, "units"));
    add("kernel", WeightRole::kInputKernel, {in_.channels, num_gates * units});
    add("recurrent_kernel", WeightRole::kRecurrentKernel, {units, num_gates * units});
    add("bias", bias, {num_biases * units});
    return give(sequences ? sequence_of(in_.steps, units) : vector_of(units));
  }

  Result<void> check_width(size_t width, std::string_view what) const {
    if (width > 0 && width <= kMaxWidth) return {};
    return fail(ErrorCode::kTooLarge,
                fmt::format("{}: {} {}, wanted 1 to {}", planned_.name, width, what, kMaxWidth));
  }
  tl::unexpected<Error> refuse(std::string_view wanted) const {
    return fail(ErrorCode::kMismatch,
                fmt::format("{}{} got {}, wanted {}", planned_.name,
                            text_of(planned_.layer).arguments, text_of(in_), wanted));
  }
  void add(std::string_view what, WeightRole role, std::vector<size_t> shape) {
    planned_.weights.push_back(
        {fmt::format("{}/{}", planned_.name, what), role, std::move(shape), 0});
  }
  Result<void> give(Shape output) {
    planned_.output = output;
    return {};
  }

  PlannedLayer& planned_;
  const Shape in_;
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The layer that `text`, such as "conv1d(64,5)", names.
std::optional<Layer> parse_layer(std::string_view text) {
  const size_t open = text.find('(');
  const std::string_view kind = text.substr(0, open);
  std::vector<std::string_view> arguments;
  if (open != std::string_view::npos) {
    if (!text.ends_with(')')) return std::nullopt;
    arguments = split(text.substr(open + 1, text.size() - open - 2), ',');
  }
  const bool sequences = arguments.size() == 2 && arguments[1] == "sequences";
  std::vector<size_t> sizes;
  for (std::string_view argument : arguments) {
    const std::optional<size_t> size = number<size_t>(argument);
    if (size) sizes.push_back(*size);
  }
  const bool all_sizes = sizes.size() == arguments.size();

  if (arguments.empty()) {
    if (kind == "sequence") return Sequence{};
    if (kind == "relu") return Relu{};
    if (kind == "batch_norm") return BatchNorm{};
    if (kind == "flatten") return Flatten{};
    if (kind == "softmax") return Softmax{};
  } else if (kind == "dropout" && arguments.size() == 1) {
    if (const std::optional<float> rate = number<float>(arguments[0])) return Dropout{*rate};
  } else if (kind == "conv1d" && all_sizes && sizes.size() == 2) {
    return Conv1d{sizes[0], sizes[1]};
  } else if (all_sizes && sizes.size() == 1) {
    if (kind == "dense") return Dense{sizes[0]};
    if (kind == "max_pool") return MaxPool{sizes[0]};
    if (kind == "lstm") return Lstm{sizes[0]};
    if (kind == "gru") return Gru{sizes[0]};
  } else if (sequences && sizes.size() == 1) {
    if (kind == "lstm") return Lstm{sizes[0], true};
    if (kind == "gru") return Gru{sizes[0], true};
  }
  return std::nullopt;
}

}  // namespace

size_t Weight::size() const {
  return std::accumulate(shape.begin(), shape.end(), size_t{1}, std::multiplies<>());
}

std::vector<Weight> Plan::weights() const {
  std::vector<Weight> all;
  for (const PlannedLayer& layer : layers)
    all.insert(all.end(), layer.weights.begin(), layer.weights.end());
  return all;
}

size_t Plan::num_parameters() const {
  size_t count = 0;
  for (const PlannedLayer& layer : layers)
    for (const Weight& weight : layer.weights) count += weight.size();
  return count;
}

Result<Plan> plan(const Graph& graph, size_t num_features) {
  Plan plan;
  plan.num_features = num_features;
  if (num_features == 0 || num_features > kMaxWidth) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("a net on {} features, wanted 1 to {}", num_features, kMaxWidth));
  }
  Shape shape = vector_of(num_features);
  std::map<std::string_view, int> counts;
  for (size_t l = 0; l < graph.layers.size(); ++l) {
    const std::string_view kind = text_of(graph.layers[l]).kind;
    PlannedLayer layer{graph.layers[l], fmt::format("{}_{}", kind, ++counts[kind]), shape, {}, {}};
    SERMO_TRY_VOID(std::visit(Planner(layer), graph.layers[l]));
    for (Weight& weight : layer.weights) {
      weight.offset = plan.num_floats;
      plan.num_floats +=
          (weight.size() + kFloatsPerCacheLine - 1) / kFloatsPerCacheLine * kFloatsPerCacheLine;
    }
    if (plan.num_floats > kMaxFloats) {
      return fail(ErrorCode::kTooLarge, fmt::format("{}: the net would hold more than {} weights",
                                                    layer.name, kMaxFloats));
    }
    const bool is_last = l + 1 == graph.layers.size();
    if (is_last != std::holds_alternative<Softmax>(layer.layer)) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("{} is layer {} of {}; softmax must be the last layer, and only it",
                              layer.name, l + 1, graph.layers.size()));
    }
    shape = layer.output;
    plan.layers.push_back(std::move(layer));
  }
  if (plan.layers.empty()) return fail(ErrorCode::kMismatch, "a net without layers");
  plan.num_labels = shape.channels;
  return plan;
}

std::string to_text(const Graph& graph) {
  std::string text;
  for (const Layer& layer : graph.layers) {
    const Text part = text_of(layer);
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", part.kind, part.arguments);
  }
  return text;
}

Result<Graph> parse_graph(std::string_view text) {
  Graph graph;
  for (std::string_view part : split(text, ' ')) {
    const std::optional<Layer> layer = parse_layer(part);
    if (!layer) return fail(ErrorCode::kCorrupt, fmt::format("unknown layer: {:.80}", part));
    graph.layers.push_back(*layer);
  }
  return graph;
}

}  // namespace sermo::model::nn
