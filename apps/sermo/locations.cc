#include "locations.h"

#include <cstdlib>

namespace sermo::app {
namespace fs = std::filesystem;

fs::path default_cache_dir() {
  // The XDG base directory specification: relative values are invalid and to be ignored.
  if (const char* xdg = std::getenv("XDG_CACHE_HOME");
      xdg != nullptr && fs::path(xdg).is_absolute()) {
    return fs::path(xdg) / "sermo";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && fs::path(home).is_absolute()) {
    return fs::path(home) / ".cache" / "sermo";
  }
  std::error_code error;
  return fs::temp_directory_path(error) / "sermo-cache";
}

fs::path default_shipped_dir() {
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  return executable.parent_path().parent_path() / "share" / "sermo";
}

}  // namespace sermo::app
