// Which audio files there are under the files and folders that a user names.
//
// Folders are searched to the bottom, links followed, each folder once, so that a loop of links
// ends. A file that is named itself is taken whatever it is called; in folders the extension
// decides (its case does not matter), and what a file really holds is told later, when it is
// decoded. Nothing is opened. Thread rule: pure functions but for the file system.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/error.h"

namespace sermo::data {

struct ScannedFile {
  // For people and tables: relative to the scanned folder if that is all that was named, otherwise
  // beginning as it was named. '/' between components; the bytes of the file system, whether UTF-8
  // or not.
  std::string name;
  std::filesystem::path path;  // to open it
};

struct SkippedFile {
  std::string name;
  std::string reason;  // "hidden", "no audio extension", ...
};

struct FailedFile {
  std::string name;
  Error error;
};

struct Scan {
  // Sorted as Python sorts the names: by code point, the whole path as one text.
  std::vector<ScannedFile> files;
  // Also sorted. A hidden folder counts as one.
  std::vector<SkippedFile> skipped;
  // What was named and is not there (kNotFound), what cannot be read (kNotReadable), folders that
  // were named and hold no audio (kNotFound).
  std::vector<FailedFile> failures;
};

Scan scan(std::span<const std::filesystem::path> roots);

// Whether the name ends in one of the extensions by which folders are searched.
bool has_audio_extension(std::string_view name);

// Whether Python would sort `a` before `b`: by code point, bytes that are no UTF-8 as PEP 383 reads
// them.
bool sorts_before(std::string_view a, std::string_view b);

}  // namespace sermo::data
