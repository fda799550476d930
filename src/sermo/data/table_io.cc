#include "sermo/data/table_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/base/csv.h"
#include "sermo/base/file.h"
#include "sermo/base/npz.h"
#include "sermo/base/utf8.h"
#include "sermo/data/packed_features.h"

namespace sermo::data {
namespace {

namespace fs = std::filesystem;
using features::Schema;

const std::vector<std::string>& fixed_columns() {
  static const std::vector<std::string> columns = {"path", "label", "speaker"};
  return columns;
}

// The fourth of the fixed columns, where there are copies. A feature of that name is told from it
// by writing the column, too.
constexpr std::string_view kConditionColumn = "condition";

bool has_condition_column(const Table& table) {
  return table.num_copies() > 0 ||
         (!table.schema.names.empty() && table.schema.names.front() == kConditionColumn);
}

// What a file says about its columns.
struct Columns {
  size_t count = 0;
  std::optional<std::vector<std::string>> names;
  std::optional<std::string> schema_json;
};

struct ResolvedSchema {
  Schema schema;
  std::string note;
};

Result<ResolvedSchema> resolve_schema(const Columns& columns, std::span<const Schema> known) {
  if (columns.names && columns.names->size() != columns.count)
    return fail(ErrorCode::kMismatch, fmt::format("{} feature names, wanted {} (the columns)",
                                                  columns.names->size(), columns.count));
  if (columns.schema_json) {
    SERMO_TRY(Schema schema, features::schema_from_json(*columns.schema_json));
    if (schema.num_features() != columns.count)
      return fail(ErrorCode::kMismatch,
                  fmt::format("{} columns of features, wanted {} (schema {})", columns.count,
                              schema.num_features(), schema.id));
    if (columns.names && *columns.names != schema.names)
      return fail(ErrorCode::kMismatch,
                  fmt::format("the feature names are not those of schema {}", schema.id));
    return ResolvedSchema{std::move(schema), ""};
  }
  if (!columns.names) {
    for (const Schema& schema : known) {
      if (schema.name == kOriginalSchemaName && schema.num_features() == columns.count)
        return ResolvedSchema{schema, fmt::format("{} columns without names: taken for {}",
                                                  columns.count, schema.id)};
    }
    return fail(ErrorCode::kMismatch,
                fmt::format("{} columns without names or schema, which only {} may lack",
                            columns.count, kOriginalSchemaName));
  }
  for (const Schema& schema : known) {
    if (schema.names == *columns.names)
      return ResolvedSchema{
          schema, fmt::format("the columns are named as those of {}, and taken for it", schema.id)};
  }
  std::set<std::string_view> seen;
  for (const std::string& name : *columns.names) {
    if (!is_utf8(name) || name.empty())
      return fail(ErrorCode::kCorrupt,
                  fmt::format("feature name '{}' is no UTF-8 text", printable_utf8(name)));
    if (!seen.insert(name).second)
      return fail(ErrorCode::kCorrupt, fmt::format("two features named '{}'", name));
  }
  Schema schema = features::make_schema(std::string(kCustomSchemaName), 1, "{}", *columns.names);
  std::string note = fmt::format("columns with names of their own: schema {}", schema.id);
  return ResolvedSchema{std::move(schema), std::move(note)};
}

std::vector<std::string> made_up_paths(const fs::path& file, size_t num_rows) {
  std::vector<std::string> paths(num_rows);
  for (size_t i = 0; i < num_rows; ++i)
    paths[i] = fmt::format("{}[{}]", file.filename().string(), i);
  return paths;
}

// The last checks that all three kinds of file share.
Result<LoadedTable> finish(Table table, const Columns& columns, std::span<const Schema> known) {
  SERMO_TRY(ResolvedSchema resolved, resolve_schema(columns, known));
  table.schema = std::move(resolved.schema);
  SERMO_TRY_VOID(check_table(table));
  if (table.num_copies() == 0) table.conditions.clear();
  for (size_t row = 0; row < table.num_rows(); ++row) {
    if (!is_utf8(table.labels[row]))
      return fail(ErrorCode::kCorrupt, fmt::format("row {}: label '{}' is no UTF-8 text", row,
                                                   printable_utf8(table.labels[row])));
    if (table.is_copy(row) && !is_utf8(table.conditions[row]))
      return fail(ErrorCode::kCorrupt, fmt::format("row {}: condition '{}' is no UTF-8 text", row,
                                                   printable_utf8(table.conditions[row])));
    if (table.speakers[row] < kUnknownSpeaker)
      return fail(ErrorCode::kCorrupt, fmt::format("row {}: speaker {}, wanted {} or more", row,
                                                   table.speakers[row], kUnknownSpeaker));
  }
  return LoadedTable{std::move(table), std::move(resolved.note), false};
}

// The array `name` as `convert` has it, its name put before what is wrong with it.
template <typename Convert>
auto array_as(const NpzArchive& archive, std::string_view name, Convert convert)
    -> decltype(convert(std::declval<const NpyArray&>())) {
  SERMO_TRY(const NpyArray* const array, archive.find(name));
  auto converted = convert(*array);
  if (!converted) return fail(std::move(converted.error()).in(name));
  return converted;
}

Result<Matrix> unpacked_features(const NpzArchive& archive, const NpyArray& array) {
  if (array.shape.size() != 2)
    return fail(ErrorCode::kMismatch, fmt::format("packed numbers of shape {}, wanted a matrix",
                                                  shape_text(array.shape)));
  PackedFeatures packed{std::get<std::vector<uint8_t>>(array.values), {}, {}};
  SERMO_TRY(packed.offsets, array_as(archive, "X_offset", to_floats));
  SERMO_TRY(packed.steps, array_as(archive, "X_step", to_floats));
  return unpack(packed, array.shape[0], array.shape[1]);
}

Result<LoadedTable> table_of_npz(const NpzArchive& archive, const fs::path& path,
                                 std::span<const Schema> known) {
  Table table;
  SERMO_TRY(const NpyArray* const numbers, archive.find("X"));
  const bool is_packed = std::holds_alternative<std::vector<uint8_t>>(numbers->values);
  if (is_packed) {
    SERMO_TRY(table.features, array_as(archive, "X", [&](const NpyArray& array) {
                return unpacked_features(archive, array);
              }));
  } else {
    SERMO_TRY(table.features, array_as(archive, "X", to_matrix));
  }
  SERMO_TRY(table.labels, array_as(archive, "y", to_texts));
  table.speakers.assign(table.num_rows(), kUnknownSpeaker);
  if (archive.has("speakers")) {
    SERMO_TRY(table.speakers, array_as(archive, "speakers", to_ints));
  }
  if (archive.has("paths")) {
    SERMO_TRY(table.paths, array_as(archive, "paths", to_texts));
  } else {
    table.paths = made_up_paths(path, table.num_rows());
  }
  if (archive.has("conditions")) {
    SERMO_TRY(table.conditions, array_as(archive, "conditions", to_texts));
  }
  Columns columns{table.features.num_cols(), std::nullopt, std::nullopt};
  if (archive.has("feature_names")) {
    SERMO_TRY(columns.names, array_as(archive, "feature_names", to_texts));
  }
  if (archive.has("schema")) {
    SERMO_TRY(columns.schema_json, array_as(archive, "schema", to_text));
  }
  SERMO_TRY(LoadedTable loaded, finish(std::move(table), columns, known));
  loaded.is_packed = is_packed;
  return loaded;
}

Result<LoadedTable> table_of_npy(const NpyArray& features, const NpyArray& labels,
                                 const fs::path& path, std::span<const Schema> known) {
  Table table;
  SERMO_TRY(table.features, to_matrix(features));
  Result<std::vector<std::string>> texts = to_texts(labels);
  if (!texts) return fail(std::move(texts.error()).in("labels"));
  table.labels = std::move(*texts);
  table.speakers.assign(table.num_rows(), kUnknownSpeaker);
  table.paths = made_up_paths(path, table.num_rows());
  const Columns columns{table.features.num_cols(), std::nullopt, std::nullopt};
  return finish(std::move(table), columns, known);
}

template <typename Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

Result<LoadedTable> table_of_csv(std::string_view text, std::span<const Schema> known) {
  CsvReader reader(text);
  std::vector<std::string> fields;
  SERMO_TRY(const bool has_header, reader.next(fields));
  size_t num_fixed = fixed_columns().size();
  const bool begins_well =
      has_header && fields.size() > num_fixed &&
      std::equal(fixed_columns().begin(), fixed_columns().end(), fields.begin());
  const bool has_conditions = begins_well && fields[num_fixed] == kConditionColumn;
  if (has_conditions) ++num_fixed;
  if (!begins_well || fields.size() == num_fixed)
    return fail(ErrorCode::kMismatch,
                fmt::format("the header begins '{}', wanted path,label,speaker and the features",
                            printable_utf8(text.substr(0, std::min<size_t>(text.find('\n'), 60)))));
  const std::vector<std::string> names(fields.begin() + static_cast<std::ptrdiff_t>(num_fixed),
                                       fields.end());
  Table table;
  std::vector<float> values;
  while (true) {
    SERMO_TRY(const bool more, reader.next(fields));
    if (!more) break;
    const auto bad = [&](std::string what) {
      return fail(ErrorCode::kCorrupt, fmt::format("line {}: {}", reader.line(), what));
    };
    if (fields.size() != num_fixed + names.size())
      return bad(fmt::format("{} fields, wanted {}", fields.size(), num_fixed + names.size()));
    int speaker = kUnknownSpeaker;
    if (!fields[2].empty() && !read_number(fields[2], speaker))
      return bad(fmt::format("speaker '{}' is no whole number", printable_utf8(fields[2])));
    for (size_t i = 0; i < names.size(); ++i) {
      float value = 0.0f;
      if (!read_number(fields[num_fixed + i], value))
        return bad(fmt::format("feature {}: '{}' is no number", printable_utf8(names[i]),
                               printable_utf8(fields[num_fixed + i])));
      values.push_back(value);
    }
    table.paths.push_back(fields[0]);
    table.labels.push_back(fields[1]);
    table.speakers.push_back(speaker);
    if (has_conditions) table.conditions.push_back(fields[3]);
  }
  table.features = Matrix(std::move(values), table.paths.size(), names.size());
  return finish(std::move(table), {names.size(), names, std::nullopt}, known);
}

std::string csv_of(const Table& table) {
  std::vector<std::string> header = fixed_columns();
  const bool has_conditions = has_condition_column(table);
  if (has_conditions) header.emplace_back(kConditionColumn);
  header.insert(header.end(), table.schema.names.begin(), table.schema.names.end());
  std::string out;
  append_csv_row(out, header);
  for (size_t row = 0; row < table.num_rows(); ++row) {
    append_csv_field(out, table.paths[row]);
    out += ',';
    append_csv_field(out, table.labels[row]);
    fmt::format_to(std::back_inserter(out), ",{}", table.speakers[row]);
    if (has_conditions) {
      out += ',';
      append_csv_field(out, table.is_copy(row) ? table.conditions[row] : "");
    }
    for (const float value : table.features.row(row))
      fmt::format_to(std::back_inserter(out), ",{}", value);
    out += '\n';
  }
  return out;
}

std::vector<NamedArray> npz_of(const Table& table, Storage storage) {
  std::vector<NamedArray> arrays;
  if (storage == Storage::kPacked) {
    PackedFeatures packed = pack(table.features);
    arrays = {{"X", NpyArray::from_bytes(std::move(packed.values), table.num_rows(),
                                         table.features.num_cols())},
              {"X_offset", NpyArray::from_floats(std::move(packed.offsets))},
              {"X_step", NpyArray::from_floats(std::move(packed.steps))}};
  } else {
    arrays = {{"X", NpyArray::from_matrix(table.features)}};
  }
  arrays.push_back({"y", NpyArray::from_texts(table.labels)});
  arrays.push_back(
      {"speakers", NpyArray::from_ints({table.speakers.begin(), table.speakers.end()})});
  arrays.push_back({"paths", NpyArray::from_texts(table.paths)});
  arrays.push_back({"feature_names", NpyArray::from_texts(table.schema.names)});
  arrays.push_back({"schema", NpyArray::from_text(features::to_json(table.schema))});
  if (table.num_copies() > 0)
    arrays.push_back({"conditions", NpyArray::from_texts(table.conditions)});
  return arrays;
}

tl::unexpected<Error> unknown_extension(const fs::path& path, std::string_view wanted) {
  return fail(ErrorCode::kUsage,
              fmt::format("{}: a feature table ends in {}", path.string(), wanted));
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

Result<fs::path> labels_beside(const fs::path& features) {
  const std::string stem = features.stem().string();
  for (size_t i = stem.size(); i-- > 0;) {
    if (stem[i] != 'X') continue;
    if (i > 0 && is_letter_or_digit(stem[i - 1])) continue;
    if (i + 1 < stem.size() && is_letter_or_digit(stem[i + 1])) continue;
    std::string name = stem;
    name[i] = 'y';
    return features.parent_path() / (name + features.extension().string());
  }
  return fail(ErrorCode::kUsage,
              fmt::format("{}: wanted a name like X.npy, with its labels in y.npy beside it",
                          features.string()));
}

Result<LoadedTable> read_table(const fs::path& path, std::span<const Schema> known) {
  const auto located = [&path](Result<LoadedTable> loaded) -> Result<LoadedTable> {
    if (!loaded) return fail(std::move(loaded.error()).in(path.string()));
    return loaded;
  };
  const fs::path extension = path.extension();
  if (extension == ".npz") {
    SERMO_TRY(const NpzArchive archive, read_npz(path));
    return located(table_of_npz(archive, path, known));
  }
  if (extension == ".csv") {
    SERMO_TRY(const std::string text, read_text_file(path));
    return located(table_of_csv(text, known));
  }
  if (extension == ".npy") {
    SERMO_TRY(const fs::path labels_path, labels_beside(path));
    SERMO_TRY(const NpyArray features, read_npy(path));
    SERMO_TRY(const NpyArray labels, read_npy(labels_path));
    return located(table_of_npy(features, labels, path, known));
  }
  return unknown_extension(path, ".npz, .csv or .npy");
}

Result<void> write_table(const fs::path& path, const Table& table, Storage storage) {
  Result<void> checked = check_table(table);
  if (!checked) return fail(std::move(checked.error()).in(path.string()));
  if (path.extension() == ".npz") return write_npz(path, npz_of(table, storage));
  if (storage == Storage::kPacked) return unknown_extension(path, ".npz where it is packed");
  if (path.extension() == ".csv") return write_file_atomically(path, csv_of(table));
  return unknown_extension(path, ".npz or .csv");
}

}  // namespace sermo::data
