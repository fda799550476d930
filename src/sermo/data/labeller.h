// From a clip's path to its label and speaker.
//
// A labeller is a named function; label_path() asks a list of them in turn and takes the first
// answer. Paths are those of a scan (scan.h): relative to the scanned folder, '/' between
// components. Thread rule: labellers are immutable and may be called from any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/data/table.h"

namespace sermo::data {

struct ClipLabel {
  std::string label;  // empty where unknown
  int speaker = kUnknownSpeaker;

  bool operator==(const ClipLabel&) const = default;
};

struct Labeller {
  std::string name;  // for people: "RAVDESS file names"
  std::function<std::optional<ClipLabel>(std::string_view path)> label_of;
};

// By file name: emotion and actor (ravdess.h), emotion and speaker (emodb.h).
Labeller ravdess_labeller();
Labeller emodb_labeller();

// By a table that the user gives: relative path -> label.
using Metadata = std::map<std::string, ClipLabel, std::less<>>;

// Reads a CSV file with a header that has the columns `path`, `label` and, if there are speakers,
// `speaker`, in any order; further columns are passed over. Speakers are whole numbers; where any
// is another text, all texts are numbered from 0 in alphabetical order; empty is unknown. Paths are
// relative to the folder that will be scanned ("./a.wav" is a.wav). kCorrupt, with the line, for a
// missing column, a row of another length, an empty path, a path listed twice, or a label
// that is no UTF-8; those of csv.h and file.h.
Result<Metadata> read_metadata(const std::filesystem::path& csv);
Labeller metadata_labeller(Metadata metadata);

// The paths in `metadata` that are not among `paths`: a user wants to know of them.
std::vector<std::string> paths_without_clip(const Metadata& metadata,
                                            std::span<const std::string> paths);

// The first answer; nothing where no labeller knows the path.
std::optional<ClipLabel> label_path(std::span<const Labeller> labellers, std::string_view path);

}  // namespace sermo::data
