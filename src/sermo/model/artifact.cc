#include "sermo/model/artifact.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sermo_onnx.pb.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/base/file.h"
#include "sermo/base/utf8.h"
#include "sermo/model/onnx/calibrator_onnx.h"
#include "sermo/model/onnx/core_codecs.h"
#include "sermo/model/onnx/graph_builder.h"
#include "sermo/model/onnx/graph_reader.h"
#include "sermo/model/onnx/model_file.h"
#include "sermo/model/pipeline.h"
#include "sermo/model/shallow_json.h"

namespace sermo::model {
namespace {

using nlohmann::json;
using onnx::GraphBuilder;
using onnx::GraphReader;

constexpr int kIrVersion = 8;
constexpr int kOnnxOpset = 15;
constexpr int kOnnxMlOpset = 3;
constexpr size_t kMaxLabels = 10'000;
constexpr size_t kMaxKnownRows = 1000;
// JSON takes some twenty times its bytes in memory.
constexpr size_t kMaxMetadataBytes = size_t{16} << 20;

tl::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorCode::kCorrupt, std::move(message));
}

// ---- writing ----

void add_metadata(sermo_onnx::ModelProto& model, std::string key, std::string value) {
  sermo_onnx::StringStringEntryProto& entry = *model.add_metadata_props();
  entry.set_key(std::move(key));
  entry.set_value(std::move(value));
}

// What a table's text holds may be anything; what is not UTF-8 is replaced rather than thrown at.
std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Floats in the shortest decimal form that reads back to the same float.
std::string rows_as_json(const Matrix& rows) {
  std::string text = "[";
  for (size_t r = 0; r < rows.num_rows(); ++r)
    text += fmt::format("{}[{}]", r == 0 ? "" : ",", fmt::join(rows.row(r), ","));
  return text + "]";
}

std::string to_json(const KnownRows& rows) {
  return fmt::format(R"({{"features":{},"labels":{},"probabilities":{}}})",
                     rows_as_json(rows.features), dump(json(rows.labels)),
                     rows_as_json(rows.probabilities));
}

void declare(sermo_onnx::ValueInfoProto& value, std::string_view name,
             sermo_onnx::TensorProto::DataType type, int64_t num_cols) {
  value.set_name(std::string(name));
  sermo_onnx::TypeProto::Tensor& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape()->add_dim()->set_dim_param("N");
  if (num_cols > 0) tensor.mutable_shape()->add_dim()->set_dim_value(num_cols);
}

std::vector<float> to_vector(std::span<const float> values) {
  return {values.begin(), values.end()};
}

void write_graph(const Pipeline& pipeline, const onnx::CoreCodec& codec,
                 sermo_onnx::GraphProto& proto) {
  const Signature& signature = pipeline.signature();
  const auto num_labels = static_cast<int64_t>(signature.num_labels());
  declare(*proto.add_input(), "features", sermo_onnx::TensorProto::FLOAT,
          static_cast<int64_t>(signature.num_features));
  declare(*proto.add_output(), "label", sermo_onnx::TensorProto::STRING, 0);
  declare(*proto.add_output(), "probabilities", sermo_onnx::TensorProto::FLOAT, num_labels);

  GraphBuilder graph(proto);
  const std::string scaled =
      graph
          .add({.name = "scaler",
                .op = "Scaler",
                .domain = onnx::kOnnxMl,
                .inputs = {"features"},
                .attributes = {{"offset", to_vector(pipeline.scaler().offset())},
                               {"scale", to_vector(pipeline.scaler().scale())}}})
          .front();
  std::string probabilities = codec.write(pipeline.core(), graph.scope("core"), scaled);
  probabilities =
      onnx::write_calibrator(graph.scope("calibrator"), probabilities, pipeline.calibrator());
  probabilities = graph.node("probabilities", "Identity", {probabilities});
  const std::string index = graph.node(
      "label_index", "ArgMax", {probabilities},
      {{"axis", int64_t{1}}, {"keepdims", int64_t{0}}, {"select_last_index", int64_t{0}}});
  std::vector<int64_t> keys(signature.num_labels());
  for (size_t k = 0; k < keys.size(); ++k) keys[k] = static_cast<int64_t>(k);
  graph.add({.name = "label",
             .op = "LabelEncoder",
             .domain = onnx::kOnnxMl,
             .inputs = {index},
             .attributes = {{"keys_int64s", keys}, {"values_strings", signature.labels}}});
}

void write_metadata(const Artifact& artifact, const Pipeline& pipeline,
                    sermo_onnx::ModelProto& model) {
  const Metadata& metadata = artifact.metadata;
  const json dataset = {{"name", metadata.dataset.name},
                        {"clips", metadata.dataset.num_clips},
                        {"speakers", metadata.dataset.num_speakers},
                        {"fingerprint", metadata.dataset.fingerprint}};
  add_metadata(model, "sermo_format", std::to_string(kArtifactFormat));
  add_metadata(model, "sermo_version", metadata.sermo_version);
  add_metadata(model, "name", metadata.name);
  add_metadata(model, "title", metadata.title);
  add_metadata(model, "family", std::string(pipeline.family()));
  add_metadata(model, "schema_id", pipeline.signature().schema_id);
  add_metadata(model, "labels", dump(json(pipeline.signature().labels)));
  add_metadata(model, "hyperparameters", dump(metadata.hyperparameters));
  add_metadata(model, "seed", std::to_string(metadata.seed));
  add_metadata(model, "protocol", metadata.protocol);
  add_metadata(model, "dataset", dump(dataset));
  if (!metadata.training.empty()) add_metadata(model, "training", dump(metadata.training));
  add_metadata(model, "metrics", dump(metadata.metrics));
  add_metadata(model, "temperature", fmt::format("{}", pipeline.calibrator().temperature));
  add_metadata(model, "smoothing", fmt::format("{}", pipeline.calibrator().smoothing));
  add_metadata(model, "calibration", dump(metadata.calibration));
  add_metadata(model, "known_rows", to_json(artifact.known_rows));
}

// ---- reading ----

using Properties = std::map<std::string, std::string, std::less<>>;

Result<Properties> read_properties(const sermo_onnx::ModelProto& model) {
  size_t num_bytes = 0;
  for (const sermo_onnx::StringStringEntryProto& entry : model.metadata_props())
    num_bytes += entry.value().size();
  if (num_bytes > kMaxMetadataBytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("{} bytes of metadata, wanted at most {}",
                                                  num_bytes, kMaxMetadataBytes));
  }
  Properties properties;
  for (const sermo_onnx::StringStringEntryProto& entry : model.metadata_props()) {
    if (!properties.emplace(entry.key(), entry.value()).second)
      return corrupt(fmt::format("two entries {} in its metadata", entry.key()));
  }
  return properties;
}

Result<std::string> get_text(const Properties& properties, std::string_view key) {
  const auto found = properties.find(key);
  if (found == properties.end()) return corrupt(fmt::format("no {} in its metadata", key));
  return found->second;
}

template <typename Number>
Result<Number> get_number(const Properties& properties, std::string_view key) {
  SERMO_TRY(const std::string text, get_text(properties, key));
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return corrupt(
        fmt::format("{} in its metadata is not a number: '{}'", key, text.substr(0, 40)));
  return value;
}

Result<json> get_json(const Properties& properties, std::string_view key) {
  SERMO_TRY(const std::string text, get_text(properties, key));
  json value = parse_shallow_json(text);
  if (value.is_discarded()) return corrupt(fmt::format("{} in its metadata is not JSON", key));
  return value;
}

Result<json> get_object(const Properties& properties, std::string_view key) {
  SERMO_TRY(json value, get_json(properties, key));
  if (!value.is_object()) return corrupt(fmt::format("{} in its metadata is not an object", key));
  return value;
}

// The member `key` of an object as a T, or an error that names it.
template <typename T>
Result<T> member(const json& object, std::string_view where, const char* key) {
  const auto found = object.find(key);
  bool good = found != object.end();
  if constexpr (std::is_same_v<T, std::string>)
    good = good && found->is_string();
  else
    good = good && found->is_number_integer();
  if (!good) return corrupt(fmt::format("{} in its metadata has no usable {}", where, key));
  return found->template get<T>();
}

Result<std::vector<std::string>> as_labels(const json& value) {
  if (!value.is_array() || value.size() < 2 || value.size() > kMaxLabels)
    return corrupt("labels in its metadata are not a list of at least two names");
  std::vector<std::string> labels;
  std::set<std::string> seen;
  for (const json& label : value) {
    if (!label.is_string() || label.get_ref<const std::string&>().empty())
      return corrupt("labels in its metadata are not all names");
    labels.push_back(label.get<std::string>());
    if (!seen.insert(labels.back()).second)
      return corrupt(fmt::format("the label {} occurs twice in its metadata", labels.back()));
  }
  return labels;
}

Result<Matrix> as_matrix(const json& rows, size_t num_rows, size_t num_cols) {
  const auto wrong = [&] {
    return corrupt(fmt::format("known_rows in its metadata are not {} rows of {} numbers", num_rows,
                               num_cols));
  };
  if (!rows.is_array() || rows.size() != num_rows) return wrong();
  for (const json& row : rows) {
    if (!row.is_array() || row.size() != num_cols) return wrong();
  }
  Matrix out(num_rows, num_cols);
  for (size_t r = 0; r < num_rows; ++r) {
    for (size_t c = 0; c < num_cols; ++c) {
      if (!rows[r][c].is_number()) return wrong();
      out(r, c) = rows[r][c].get<float>();
      if (!std::isfinite(out(r, c))) return wrong();
    }
  }
  return out;
}

Result<KnownRows> read_known_rows(const Properties& properties, const Signature& signature) {
  SERMO_TRY(const json object, get_object(properties, "known_rows"));
  const auto labels = object.find("labels");
  if (labels == object.end() || !labels->is_array() || labels->size() > kMaxKnownRows ||
      !object.contains("features") || !object.contains("probabilities")) {
    return corrupt("known_rows in its metadata lack features, labels or probabilities");
  }
  KnownRows rows;
  for (const json& label : *labels) {
    if (!label.is_string()) return corrupt("known_rows in its metadata have labels without a name");
    rows.labels.push_back(label.get<std::string>());
  }
  SERMO_TRY(rows.features,
            as_matrix(object["features"], rows.labels.size(), signature.num_features));
  SERMO_TRY(rows.probabilities,
            as_matrix(object["probabilities"], rows.labels.size(), signature.num_labels()));
  return rows;
}

Result<Metadata> read_metadata(const Properties& properties) {
  Metadata metadata;
  SERMO_TRY(metadata.sermo_version, get_text(properties, "sermo_version"));
  SERMO_TRY(metadata.name, get_text(properties, "name"));
  SERMO_TRY(metadata.title, get_text(properties, "title"));
  SERMO_TRY(metadata.hyperparameters, get_object(properties, "hyperparameters"));
  SERMO_TRY(metadata.seed, get_number<uint64_t>(properties, "seed"));
  SERMO_TRY(metadata.protocol, get_text(properties, "protocol"));
  SERMO_TRY(const json dataset, get_object(properties, "dataset"));
  SERMO_TRY(metadata.dataset.name, member<std::string>(dataset, "dataset", "name"));
  SERMO_TRY(metadata.dataset.num_clips, member<int64_t>(dataset, "dataset", "clips"));
  SERMO_TRY(metadata.dataset.num_speakers, member<int64_t>(dataset, "dataset", "speakers"));
  SERMO_TRY(metadata.dataset.fingerprint, member<std::string>(dataset, "dataset", "fingerprint"));
  if (properties.contains("training")) {
    SERMO_TRY(metadata.training, get_object(properties, "training"));
  }
  SERMO_TRY(metadata.metrics, get_object(properties, "metrics"));
  SERMO_TRY(metadata.calibration, get_object(properties, "calibration"));
  return metadata;
}

Result<void> check_format(const Properties& properties, const sermo_onnx::ModelProto& model) {
  SERMO_TRY(const int format, get_number<int>(properties, "sermo_format"));
  if (format != kArtifactFormat) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("a model of Sermo's format {}, but this version reads format {}",
                            format, kArtifactFormat));
  }
  bool opsets_agree = model.opset_import_size() == 2;
  for (const sermo_onnx::OperatorSetIdProto& opset : model.opset_import()) {
    opsets_agree = opsets_agree &&
                   opset.version() == (opset.domain() == onnx::kOnnxMl ? kOnnxMlOpset : kOnnxOpset);
  }
  if (model.ir_version() != kIrVersion || !opsets_agree) {
    return corrupt(fmt::format("its ONNX versions are not ir {}, ai.onnx {}, ai.onnx.ml {}",
                               kIrVersion, kOnnxOpset, kOnnxMlOpset));
  }
  return {};
}

// The number of columns that an input or output declares, 0 for one without columns.
Result<int64_t> declared_columns(const sermo_onnx::ValueInfoProto& value, std::string_view name) {
  const auto& shape = value.type().tensor_type().shape();
  const int num_dims = shape.dim_size();
  if (value.name() != name || num_dims < 1 || num_dims > 2 ||
      (num_dims == 2 && shape.dim(1).dim_value() <= 0)) {
    return corrupt(fmt::format("its graph has no proper {}", name));
  }
  return num_dims == 2 ? shape.dim(1).dim_value() : 0;
}

Result<void> check_declarations(const sermo_onnx::GraphProto& graph, const Signature& signature) {
  if (graph.input_size() != 1 || graph.output_size() != 2)
    return corrupt(fmt::format("its graph has {} inputs and {} outputs, wanted 1 and 2",
                               graph.input_size(), graph.output_size()));
  SERMO_TRY(const int64_t num_features, declared_columns(graph.input(0), "features"));
  SERMO_TRY(const int64_t num_label_columns, declared_columns(graph.output(0), "label"));
  SERMO_TRY(const int64_t num_labels, declared_columns(graph.output(1), "probabilities"));
  if (num_features != static_cast<int64_t>(signature.num_features)) {
    return corrupt(fmt::format("its input has {} features, its scaler {}", num_features,
                               signature.num_features));
  }
  if (num_label_columns != 0 || num_labels != static_cast<int64_t>(signature.num_labels())) {
    return corrupt(fmt::format("its output has {} probabilities for {} labels", num_labels,
                               signature.num_labels()));
  }
  return {};
}

Result<void> check_label_encoder(const GraphReader& graph, const Signature& signature) {
  SERMO_TRY(const onnx::NodeReader encoder, graph.node("label", "LabelEncoder"));
  SERMO_TRY(const std::span<const int64_t> keys, encoder.integers("keys_int64s"));
  SERMO_TRY(const std::vector<std::string_view> values, encoder.texts("values_strings"));
  if (values.size() != signature.num_labels() || keys.size() != values.size()) {
    return corrupt(fmt::format("its metadata has {} labels, its graph {}", signature.num_labels(),
                               values.size()));
  }
  for (size_t k = 0; k < values.size(); ++k) {
    if (keys[k] != static_cast<int64_t>(k) || values[k] != signature.labels[k]) {
      return corrupt(fmt::format("label {} is {} in its metadata, but {} is {} in its graph", k,
                                 signature.labels[k], keys[k], values[k]));
    }
  }
  return {};
}

// The metadata have the numbers in full precision, the graph as it uses them.
Result<Calibrator> read_calibrator(const Properties& properties, const GraphReader& graph) {
  Calibrator calibrator;
  SERMO_TRY(calibrator.temperature, get_number<double>(properties, "temperature"));
  SERMO_TRY(calibrator.smoothing, get_number<double>(properties, "smoothing"));
  SERMO_TRY_VOID(check(calibrator));
  SERMO_TRY(const Calibrator in_graph, onnx::read_calibrator(graph.scope("calibrator")));
  const auto as_applied = [](const Calibrator& c) {
    return std::pair(static_cast<float>(1.0 / c.temperature), static_cast<float>(c.smoothing));
  };
  if (calibrator.is_identity() != in_graph.is_identity() ||
      as_applied(calibrator) != as_applied(in_graph))
    return corrupt("its metadata and its graph disagree on the calibration");
  return calibrator;
}

Result<std::shared_ptr<const Classifier>> read_classifier(const sermo_onnx::ModelProto& model,
                                                          const Properties& properties) {
  SERMO_TRY(const std::string family, get_text(properties, "family"));
  const onnx::CoreCodec* codec = onnx::find_core_codec(family);
  if (codec == nullptr) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("this version does not know models of the family '{}'",
                            std::string_view(family).substr(0, 40)));
  }
  SERMO_TRY(const GraphReader graph, GraphReader::create(model.graph()));
  SERMO_TRY(const onnx::NodeReader scaler_node, graph.node("scaler", "Scaler"));
  SERMO_TRY(const std::span<const float> offset, scaler_node.reals("offset"));
  SERMO_TRY(const std::span<const float> scale, scaler_node.reals("scale"));
  SERMO_TRY(Scaler scaler, Scaler::create(to_vector(offset), to_vector(scale)));

  Signature signature;
  SERMO_TRY(signature.schema_id, get_text(properties, "schema_id"));
  signature.num_features = scaler.num_features();
  SERMO_TRY(const json labels, get_json(properties, "labels"));
  SERMO_TRY(signature.labels, as_labels(labels));
  SERMO_TRY_VOID(check_label_encoder(graph, signature));
  SERMO_TRY_VOID(check_declarations(model.graph(), signature));

  SERMO_TRY(std::shared_ptr<const Core> core,
            codec->read(graph.scope("core"), {signature.num_features, signature.num_labels()}));
  SERMO_TRY(const Calibrator calibrator, read_calibrator(properties, graph));
  SERMO_TRY(std::shared_ptr<const Classifier> classifier,
            Pipeline::create(std::move(signature), std::move(scaler), std::move(core), calibrator));
  return classifier;
}

}  // namespace

KnownRows choose_known_rows(const Classifier& classifier, MatrixView candidates, size_t max_rows) {
  constexpr float kClearMargin = 1e-3f;
  const std::vector<std::string>& labels = classifier.signature().labels;
  Matrix probabilities;
  classifier.predict_proba(candidates, probabilities);
  std::vector<bool> taken(labels.size());
  std::vector<size_t> chosen;
  size_t clearest = 0;
  float clearest_margin = -1.0f;
  for (size_t r = 0; r < candidates.num_rows() && chosen.size() < max_rows; ++r) {
    const std::span<const float> row = probabilities.row(r);
    const size_t best = argmax(row);
    float second = 0.0f;
    for (size_t k = 0; k < row.size(); ++k)
      if (k != best) second = std::max(second, row[k]);
    const float margin = row[best] - second;
    if (margin > clearest_margin) {
      clearest_margin = margin;
      clearest = r;
    }
    if (taken[best] || !(margin >= kClearMargin)) continue;
    taken[best] = true;
    chosen.push_back(r);
  }
  if (chosen.empty() && clearest_margin >= 0.0f) chosen.push_back(clearest);
  KnownRows rows;
  rows.features = select_rows(candidates, chosen);
  rows.probabilities = select_rows(probabilities, chosen);
  for (size_t i = 0; i < chosen.size(); ++i) {
    rows.labels.push_back(labels[argmax(rows.probabilities.row(i))]);
  }
  return rows;
}

Result<std::string> serialise(const Artifact& artifact) {
  SERMO_CHECK(artifact.classifier != nullptr, "an artifact has a classifier");
  const auto* pipeline = dynamic_cast<const Pipeline*>(artifact.classifier.get());
  const onnx::CoreCodec* codec =
      pipeline == nullptr ? nullptr : onnx::find_core_codec(pipeline->family());
  if (codec == nullptr) {
    return fail(ErrorCode::kUnsupported, fmt::format("models of the family {} have no ONNX form",
                                                     artifact.classifier->family()));
  }
  for (const std::string& label : pipeline->signature().labels) {
    if (label != printable_utf8(label))
      return fail(ErrorCode::kUnsupported, "a label is not UTF-8 text");
  }
  sermo_onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name(std::string(onnx::kProducer));
  model.set_producer_version(artifact.metadata.sermo_version);
  model.set_doc_string(artifact.metadata.title);
  sermo_onnx::OperatorSetIdProto* opset = model.add_opset_import();
  opset->set_domain(std::string(onnx::kOnnx));
  opset->set_version(kOnnxOpset);
  opset = model.add_opset_import();
  opset->set_domain(std::string(onnx::kOnnxMl));
  opset->set_version(kOnnxMlOpset);
  model.mutable_graph()->set_name(artifact.metadata.name);
  write_graph(*pipeline, *codec, *model.mutable_graph());
  write_metadata(artifact, *pipeline, model);
  const size_t num_bytes = model.ByteSizeLong();
  if (num_bytes > onnx::kMaxModelBytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("the model takes {} bytes, wanted at most {}",
                                                  num_bytes, onnx::kMaxModelBytes));
  }
  std::string bytes;
  SERMO_CHECK(model.SerializeToString(&bytes), "a complete message can be written");
  return bytes;
}

Result<Artifact> parse_artifact(std::span<const std::byte> bytes) {
  SERMO_TRY(const onnx::ModelPtr model, onnx::parse_model(bytes));
  SERMO_TRY(const Properties properties, read_properties(*model));
  SERMO_TRY_VOID(check_format(properties, *model));
  Artifact artifact;
  SERMO_TRY(artifact.metadata, read_metadata(properties));
  SERMO_TRY(artifact.classifier, read_classifier(*model, properties));
  SERMO_TRY(artifact.known_rows, read_known_rows(properties, artifact.classifier->signature()));
  return artifact;
}

Result<void> write_artifact(const std::filesystem::path& path, const Artifact& artifact) {
  SERMO_TRY(const std::string bytes, serialise(artifact));
  return write_file_atomically(path, std::string_view(bytes));
}

Result<Artifact> read_artifact(const std::filesystem::path& path) {
  SERMO_TRY(const std::vector<std::byte> bytes, read_file(path, onnx::kMaxModelBytes));
  Result<Artifact> artifact = parse_artifact(bytes);
  if (!artifact) return fail(std::move(artifact.error()).in(path.string()));
  return artifact;
}

}  // namespace sermo::model
