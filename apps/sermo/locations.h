// Folders that the program finds by itself: its cache, and the data that ships with it.
//
// The only place that looks at the environment and at where the executable lies.
#pragma once

#include <filesystem>

namespace sermo::app {

// $XDG_CACHE_HOME/sermo, else $HOME/.cache/sermo, else a folder of the system's temporary folder.
std::filesystem::path default_cache_dir();

// ../share/sermo beside the folder of the executable: the same in the build tree and where it was
// installed.
std::filesystem::path default_shipped_dir();

}  // namespace sermo::app
