// Where tests find the repository's files, and the corpora that lie outside it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

namespace sermo::testing {

inline std::filesystem::path source_dir() { return SERMO_SOURCE_DIR; }
inline std::filesystem::path binary_dir() { return SERMO_BINARY_DIR; }
inline std::filesystem::path test_data() { return source_dir() / "tests" / "data"; }

// The folder beside the checkout that holds ravdess/, emodb/ and reference/. It may be absent.
inline std::filesystem::path shared_dir() { return source_dir().parent_path() / "shared"; }

}  // namespace sermo::testing

// Skips the test, saying so loudly, when a corpus or reference outside the repository is absent.
#define SERMO_REQUIRE_SHARED(relative)                                                         \
  do {                                                                                         \
    if (!std::filesystem::exists(::sermo::testing::shared_dir() / (relative)))                 \
      GTEST_SKIP() << "SKIPPED, NOT TESTED: " << (::sermo::testing::shared_dir() / (relative)) \
                   << " is absent, and this test needs it";                                    \
  } while (false)
