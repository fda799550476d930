#include "sermo/model/onnx/model_file.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <sermo_onnx.pb.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sermo::model::onnx {
namespace {

// An empty node takes 2 bytes in a file and some 150 in memory, so parts are counted, not only
// bytes. Artifacts have hundreds.
constexpr size_t kMaxParts = 50'000;
// The same for texts in lists, of which forests have one a node.
constexpr size_t kMaxTexts = size_t{1} << 24;
// Model, graph, value, type, tensor, shape, dimension: 7 levels.
constexpr int kMaxDepth = 16;

// Field numbers of onnx.proto; they are fixed for ever by the format.
constexpr uint32_t kModelIrVersion = 1;
constexpr uint32_t kModelProducer = 2;
constexpr uint32_t kModelGraph = 7;
constexpr uint32_t kModelMetadata = 14;
constexpr uint32_t kModelTraining = 20;
constexpr uint32_t kModelFunctions = 25;
constexpr uint32_t kGraphNode = 1;
constexpr uint32_t kGraphInitializer = 5;
constexpr uint32_t kNodeAttribute = 5;
constexpr uint32_t kAttributeFloats = 7;
constexpr uint32_t kAttributeInts = 8;
constexpr uint32_t kAttributeStrings = 9;
constexpr uint32_t kTensorDims = 1;
constexpr uint32_t kTensorDataType = 2;
constexpr uint32_t kTensorName = 8;
constexpr uint32_t kTensorRawData = 9;

struct Field {
  uint32_t number = 0;
  uint32_t wire_type = 0;
  uint64_t value = 0;         // wire type 0
  std::string_view contents;  // wire type 2
};

// Fields of one message, one after the other, without copying.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  // kCorrupt at a field that does not end within the message, kUnsupported at what is no field.
  Result<Field> next() {
    uint64_t tag = 0;
    if (!varint(tag)) return no_number();
    Field field;
    field.number = static_cast<uint32_t>(tag >> 3);
    field.wire_type = static_cast<uint32_t>(tag & 7);
    if (tag >> 32 != 0 || field.number == 0) return no_field();
    uint64_t size = 0;
    switch (field.wire_type) {
      case 0:
        if (!varint(field.value)) return no_number();
        return field;
      case 1:
        size = 8;
        break;
      case 2:
        if (!varint(size)) return no_number();
        break;
      case 5:
        size = 4;
        break;
      default:
        return no_field();
    }
    if (size > rest_.size()) {
      return fail(ErrorCode::kCorrupt, fmt::format("truncated: a part of {} bytes has only {} left",
                                                   size, rest_.size()));
    }
    field.contents = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }

 private:
  static tl::unexpected<Error> no_field() {
    return fail(ErrorCode::kCorrupt, "damaged: a part that ONNX does not have");
  }

  tl::unexpected<Error> no_number() const {
    if (rest_.size() < kMaxNumberBytes)
      return fail(ErrorCode::kCorrupt, "truncated: ends inside a number");
    return no_field();
  }

  // A file of trees has a million of these, so failure costs nothing where there is none.
  bool varint(uint64_t& value) {
    value = 0;
    const size_t size = std::min(rest_.size(), kMaxNumberBytes);
    for (size_t i = 0; i < size; ++i) {
      const auto byte = static_cast<unsigned char>(rest_[i]);
      value |= uint64_t{byte & 0x7Fu} << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  static constexpr size_t kMaxNumberBytes = 10;
  std::string_view rest_;
};

tl::unexpected<Error> not_ours(std::string_view why) {
  return fail(ErrorCode::kUnsupported,
              fmt::format("an ONNX model, but not one of Sermo's: {}", why));
}

tl::unexpected<Error> too_many_parts() {
  return fail(ErrorCode::kTooLarge, fmt::format("more than {} parts", kMaxParts));
}

// Subgraphs, tensors and types as attributes (t, g, tensors, graphs, tp, type_protos, sparse ones).
bool is_nested_attribute(uint32_t number) {
  return number == 5 || number == 6 || number == 10 || number == 11 || number == 14 ||
         number == 15 || number == 22 || number == 23;
}

struct Counts {
  size_t num_parts = 0;
  size_t num_texts = 0;
};

// Lists of numbers are not parts: they cost in memory what they cost in the file, within a small
// factor, unless they are packed, which Sermo's are not.
Result<void> check_attribute(std::string_view bytes, Counts& counts) {
  FieldReader fields(bytes);
  while (!fields.at_end()) {
    SERMO_TRY(const Field field, fields.next());
    if (field.wire_type != 2) continue;
    if (is_nested_attribute(field.number))
      return not_ours("it has subgraphs or tensors as attributes");
    if (field.number == kAttributeFloats || field.number == kAttributeInts)
      return not_ours("it has packed attributes");
    if (field.number == kAttributeStrings && ++counts.num_texts > kMaxTexts)
      return fail(ErrorCode::kTooLarge, fmt::format("more than {} texts", kMaxTexts));
  }
  return {};
}

Result<void> check_node(std::string_view bytes, Counts& counts) {
  FieldReader fields(bytes);
  while (!fields.at_end()) {
    SERMO_TRY(const Field field, fields.next());
    if (++counts.num_parts > kMaxParts) return too_many_parts();
    if (field.number == kNodeAttribute) SERMO_TRY_VOID(check_attribute(field.contents, counts));
  }
  return {};
}

Result<void> check_initializer(std::string_view bytes) {
  FieldReader fields(bytes);
  while (!fields.at_end()) {
    SERMO_TRY(const Field field, fields.next());
    if (field.number != kTensorDims && field.number != kTensorDataType &&
        field.number != kTensorName && field.number != kTensorRawData) {
      return not_ours("it has initialisers whose values are not raw");
    }
  }
  return {};
}

Result<void> check_graph(std::string_view bytes, Counts& counts) {
  FieldReader fields(bytes);
  while (!fields.at_end()) {
    SERMO_TRY(const Field field, fields.next());
    if (++counts.num_parts > kMaxParts) return too_many_parts();
    if (field.number == kGraphNode) SERMO_TRY_VOID(check_node(field.contents, counts));
    if (field.number == kGraphInitializer) SERMO_TRY_VOID(check_initializer(field.contents));
  }
  return {};
}

Result<void> check_outline(std::string_view bytes) {
  const auto not_onnx = [] { return fail(ErrorCode::kUnsupported, "not an ONNX file"); };
  FieldReader fields(bytes);
  bool any = false;
  bool has_metadata = false;
  std::optional<std::string_view> producer;
  std::optional<std::string_view> graph;
  Counts counts;
  while (!fields.at_end()) {
    Result<Field> field = fields.next();
    // Every writer puts ir_version, a small number, first. What begins otherwise is something else.
    const bool first = !std::exchange(any, true);
    if (first && (!field || field->number != kModelIrVersion || field->wire_type != 0 ||
                  field->value == 0 || field->value > 1000)) {
      return not_onnx();
    }
    if (!field) return fail(std::move(field.error()));
    if (++counts.num_parts > kMaxParts) return too_many_parts();
    switch (field->number) {
      case kModelProducer:
        producer = field->contents;
        break;
      case kModelGraph:
        graph = field->contents;
        break;
      case kModelMetadata:
        has_metadata = true;
        break;
      case kModelTraining:
      case kModelFunctions:
        return not_ours("it has functions or training information");
      default:
        break;
    }
  }
  if (!any) return not_onnx();
  if (producer != kProducer) {
    if (!graph) return not_onnx();
    return not_ours(fmt::format("its producer is '{}'", producer.value_or("").substr(0, 80)));
  }
  if (!graph || !has_metadata)
    return fail(ErrorCode::kCorrupt, "truncated: the graph or the metadata is missing");
  return check_graph(*graph, counts);
}

}  // namespace

// The model lies in an arena of its own: trees have a text a node, too many to take one by one.
void DeleteModel::operator()(sermo_onnx::ModelProto* model) const { delete model->GetArena(); }

Result<ModelPtr> parse_model(std::span<const std::byte> bytes) {
  if (bytes.empty()) return fail(ErrorCode::kUnsupported, "not an ONNX file: it is empty");
  if (bytes.size() > kMaxModelBytes) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("{} bytes, wanted at most {}", bytes.size(), kMaxModelBytes));
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  SERMO_TRY_VOID(check_outline(text));
  google::protobuf::ArenaOptions blocks;
  blocks.start_block_size = 64 << 10;
  blocks.max_block_size = 4 << 20;
  auto arena = std::make_unique<google::protobuf::Arena>(blocks);
  ModelPtr model(google::protobuf::Arena::CreateMessage<sermo_onnx::ModelProto>(arena.get()));
  arena.release();  // the model's, from here on
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(kMaxDepth);
  if (!model->ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
    return fail(ErrorCode::kCorrupt, "damaged: its parts cannot be read");
  return model;
}

}  // namespace sermo::model::onnx
