#include "sermo/data/labeller.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>
#include <utility>

#include "sermo/base/csv.h"
#include "sermo/base/file.h"
#include "sermo/base/utf8.h"
#include "sermo/data/emodb.h"
#include "sermo/data/ravdess.h"

namespace sermo::data {
namespace {

// Nothing for a text that is no whole number from 0.
std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// The number of each speaker text.
std::map<std::string, int> number_speakers(const std::vector<std::string>& texts) {
  std::map<std::string, int> numbers;
  for (const std::string& text : texts)
    if (!text.empty()) numbers.emplace(text, 0);
  const bool all_numbers = std::all_of(numbers.begin(), numbers.end(), [](const auto& entry) {
    return whole_number(entry.first).has_value();
  });
  int next = 0;
  for (auto& [text, number] : numbers) number = all_numbers ? *whole_number(text) : next++;
  numbers.emplace("", kUnknownSpeaker);
  return numbers;
}

Result<Metadata> parse_metadata(std::string_view text) {
  CsvReader reader(text);
  std::vector<std::string> fields;
  SERMO_TRY(const bool has_header, reader.next(fields));
  if (!has_header) return fail(ErrorCode::kCorrupt, "empty, wanted a header path,label,speaker");
  const auto column = [&fields](std::string_view name) -> std::optional<size_t> {
    const auto at = std::find(fields.begin(), fields.end(), name);
    if (at == fields.end()) return std::nullopt;
    return static_cast<size_t>(at - fields.begin());
  };
  const std::optional<size_t> path_column = column("path"), label_column = column("label"),
                              speaker_column = column("speaker");
  const size_t num_columns = fields.size();
  if (!path_column || !label_column)
    return fail(ErrorCode::kCorrupt,
                fmt::format("the header has the columns {}, wanted path, label and speaker",
                            printable_utf8(fmt::format("{}", fmt::join(fields, ", ")))));

  struct Row {
    std::string path, label;
  };
  std::vector<Row> rows;
  std::vector<std::string> speakers;
  std::set<std::string> paths;
  while (true) {
    SERMO_TRY(const bool more, reader.next(fields));
    if (!more) break;
    const auto bad = [&](std::string what) {
      return fail(ErrorCode::kCorrupt, fmt::format("line {}: {}", reader.line(), what));
    };
    if (fields.size() != num_columns)
      return bad(fmt::format("{} fields, wanted {}", fields.size(), num_columns));
    if (fields[*path_column].empty()) return bad("no path");
    if (!is_utf8(fields[*label_column])) return bad("the label is no UTF-8 text");
    std::string path =
        std::filesystem::path(fields[*path_column]).lexically_normal().generic_string();
    if (!paths.insert(path).second)
      return bad(fmt::format("'{}' is listed twice", printable_utf8(path)));
    rows.push_back({std::move(path), std::move(fields[*label_column])});
    speakers.push_back(speaker_column ? std::move(fields[*speaker_column]) : std::string());
  }

  const std::map<std::string, int> numbers = number_speakers(speakers);
  Metadata metadata;
  for (size_t i = 0; i < rows.size(); ++i)
    metadata.emplace(std::move(rows[i].path),
                     ClipLabel{std::move(rows[i].label), numbers.at(speakers[i])});
  return metadata;
}

}  // namespace

Labeller ravdess_labeller() {
  return {"RAVDESS file names", [](std::string_view path) -> std::optional<ClipLabel> {
            const std::optional<RavdessClip> clip = parse_ravdess_path(path);
            if (!clip) return std::nullopt;
            return ClipLabel{std::string(clip->emotion), clip->actor};
          }};
}

Labeller emodb_labeller() {
  return {"EMO-DB file names", [](std::string_view path) -> std::optional<ClipLabel> {
            const std::optional<EmodbClip> clip = parse_emodb_path(path);
            if (!clip) return std::nullopt;
            return ClipLabel{std::string(clip->emotion), clip->speaker};
          }};
}

Result<Metadata> read_metadata(const std::filesystem::path& csv) {
  SERMO_TRY(const std::string text, read_text_file(csv));
  Result<Metadata> metadata = parse_metadata(text);
  if (!metadata) return fail(std::move(metadata.error()).in(csv.string()));
  return metadata;
}

Labeller metadata_labeller(Metadata metadata) {
  auto shared = std::make_shared<const Metadata>(std::move(metadata));
  return {"metadata", [shared](std::string_view path) -> std::optional<ClipLabel> {
            const auto at = shared->find(path);
            if (at == shared->end()) return std::nullopt;
            return at->second;
          }};
}

std::vector<std::string> paths_without_clip(const Metadata& metadata,
                                            std::span<const std::string> paths) {
  const std::set<std::string_view> known(paths.begin(), paths.end());
  std::vector<std::string> missing;
  for (const auto& [path, label] : metadata)
    if (!known.contains(path)) missing.push_back(path);
  return missing;
}

std::optional<ClipLabel> label_path(std::span<const Labeller> labellers, std::string_view path) {
  for (const Labeller& labeller : labellers)
    if (std::optional<ClipLabel> label = labeller.label_of(path)) return label;
  return std::nullopt;
}

}  // namespace sermo::data
