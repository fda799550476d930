#include "sermo/data/scan.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <set>
#include <system_error>
#include <utility>

#include "sermo/base/utf8.h"

namespace sermo::data {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 25> kExtensions = {
    "wav",  "wave", "w64", "rf64", "flac", "ogg", "oga", "opus", "mp3",  "m4a", "m4b", "mp4", "aac",
    "webm", "mka",  "mkv", "mov",  "3gp",  "3g2", "aif", "aiff", "aifc", "au",  "snd", "caf"};

constexpr std::string_view kSeenFolder = "this folder is searched already under another name";

// Which file or folder it is, by whatever path it is reached.
using Identity = std::pair<dev_t, ino_t>;

class Scanner {
 public:
  // `prefix` is put before the names of what is found below the root.
  void scan_root(const fs::path& root, const std::string& prefix) {
    struct stat status {};
    if (::stat(root.c_str(), &status) != 0) {
      const bool missing = errno == ENOENT || errno == ENOTDIR;
      out_.failures.push_back({root.string(),
                               {missing ? ErrorCode::kNotFound : ErrorCode::kNotReadable,
                                missing ? "no such file or folder" : std::strerror(errno)}});
      return;
    }
    if (!S_ISDIR(status.st_mode)) {
      if (S_ISREG(status.st_mode))
        add_file(root, root.string());
      else
        out_.failures.push_back(
            {root.string(), {ErrorCode::kNotReadable, "neither a file nor a folder"}});
      return;
    }
    const Identity identity{status.st_dev, status.st_ino};
    if (seen_folders_.contains(identity)) {
      out_.skipped.push_back({root.string(), std::string(kSeenFolder)});
      return;
    }
    const size_t num_files_before = num_found_;
    const size_t num_skipped_before = out_.skipped.size();
    const size_t num_failures_before = out_.failures.size();
    scan_tree(root, prefix, identity);
    if (num_found_ > num_files_before || out_.failures.size() > num_failures_before) return;
    out_.failures.push_back(
        {root.string(),
         {ErrorCode::kNotFound, fmt::format("no audio file in this folder (other files: {})",
                                            out_.skipped.size() - num_skipped_before)}});
  }

  Scan finish() {
    const auto by_name = [](const auto& a, const auto& b) { return sorts_before(a.name, b.name); };
    std::stable_sort(out_.files.begin(), out_.files.end(), by_name);
    std::stable_sort(out_.skipped.begin(), out_.skipped.end(), by_name);
    return std::move(out_);
  }

 private:
  struct Folder {
    fs::path path;
    std::string prefix;
    Identity identity;
  };

  // Links come after what is really there, so that a file which both reach has its real name.
  void scan_tree(const fs::path& root, const std::string& prefix, Identity identity) {
    std::deque<Folder> real = {{root, prefix, identity}}, linked;
    while (!real.empty() || !linked.empty()) {
      std::deque<Folder>& queue = real.empty() ? linked : real;
      const Folder folder = std::move(queue.front());
      queue.pop_front();
      if (!seen_folders_.insert(folder.identity).second) {
        out_.skipped.push_back({folder.prefix, std::string(kSeenFolder)});
        continue;
      }
      scan_folder(folder, real, linked);
    }
    for (ScannedFile& file : std::exchange(linked_files_, {}))
      add_file(file.path, std::move(file.name));
  }

  void scan_folder(const Folder& folder, std::deque<Folder>& real, std::deque<Folder>& linked) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator it(folder.path, error), end; !error && it != end;
         it.increment(error))
      entries.push_back(it->path());
    if (error) {
      out_.failures.push_back({folder.path.string(), {ErrorCode::kNotReadable, error.message()}});
      return;
    }
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) {
      const std::string name = folder.prefix + entry.filename().string();
      struct stat status {};
      if (entry.filename().native().starts_with('.')) {
        out_.skipped.push_back({name, "hidden"});
        continue;
      }
      if (::stat(entry.c_str(), &status) != 0) {
        out_.skipped.push_back({name, errno == ELOOP || errno == ENOENT
                                          ? "a link that leads nowhere"
                                          : std::strerror(errno)});
        continue;
      }
      const bool is_link = fs::is_symlink(entry, error);
      if (S_ISDIR(status.st_mode)) {
        (is_link ? linked : real).push_back({entry, name + "/", {status.st_dev, status.st_ino}});
      } else if (!has_audio_extension(name)) {
        out_.skipped.push_back({name, "no audio extension"});
      } else if (!S_ISREG(status.st_mode)) {
        out_.skipped.push_back({name, "not a regular file"});
      } else if (is_link) {
        linked_files_.push_back({name, entry});
      } else {
        add_file(entry, name);
      }
    }
  }

  void add_file(const fs::path& path, std::string name) {
    ++num_found_;
    std::error_code error;
    const fs::path canonical = fs::canonical(path, error);
    if (!error && !seen_files_.insert(canonical.native()).second) {
      out_.skipped.push_back({std::move(name), "the same file as one listed already"});
      return;
    }
    out_.files.push_back({std::move(name), path});
  }

  Scan out_;
  std::vector<ScannedFile> linked_files_;
  size_t num_found_ = 0;
  std::set<Identity> seen_folders_;
  std::set<std::string> seen_files_;
};

}  // namespace

bool has_audio_extension(std::string_view name) {
  name = name.substr(name.find_last_of('/') + 1);
  const size_t dot = name.find_last_of('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  std::string extension(name.substr(dot + 1));
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

bool sorts_before(std::string_view a, std::string_view b) {
  const auto is_ascii = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
  };
  if (is_ascii(a) && is_ascii(b)) return a < b;
  return ucs4_from_utf8(a) < ucs4_from_utf8(b);
}

Scan scan(std::span<const fs::path> roots) {
  Scanner scanner;
  for (const fs::path& root : roots) {
    std::string prefix;
    if (roots.size() > 1) {
      prefix = root.generic_string();
      if (!prefix.ends_with('/')) prefix += '/';
    }
    scanner.scan_root(root, prefix);
  }
  return scanner.finish();
}

}  // namespace sermo::data
