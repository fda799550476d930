#include "sermo/data/feature_cache.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_extractor.h"
#include "sermo/base/file.h"
#include "temporary_folder.h"

namespace sermo::data {
namespace {

namespace fs = std::filesystem;
using testing::FakeExtractor;
using testing::TemporaryFolder;

ClipFeatures some_clip() {
  return {{0.25f, -1e-30f, 3.0f},
          "0123456789abcdef0123456789abcdef",
          1.5,
          {"truncated: 0.13 of 1.83 s", ""}};
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(FeatureCache, WhatIsStoredIsFound) {
  const TemporaryFolder folder;
  const FeatureCache cache(folder.path() / "new", FakeExtractor(), {});
  const std::string key = cache.key_of(bytes_of("the bytes of a file"));
  EXPECT_FALSE(fs::exists(folder.path() / "new"));
  EXPECT_EQ(cache.find(key), std::nullopt);
  ASSERT_TRUE(cache.store(key, some_clip()));
  EXPECT_EQ(cache.find(key), some_clip());
  EXPECT_EQ(cache.find(cache.key_of(bytes_of("other bytes of a file"))), std::nullopt);
}

TEST(FeatureCache, AnyChangeOfWhatDecidesTheResultIsAnotherKey) {
  const auto key = [](const FakeExtractor& extractor, const audio::DecodeOptions& options) {
    return FeatureCache("c", extractor, options).key_of(bytes_of("bytes"));
  };
  const FakeExtractor base(1, R"({"hop":512})");
  EXPECT_EQ(key(base, {}), key(FakeExtractor(1, R"({ "hop" : 512 })"), {}));
  EXPECT_NE(key(base, {}), key(FakeExtractor(2, R"({"hop":512})"), {}));
  EXPECT_NE(key(base, {}), key(FakeExtractor(1, R"({"hop":256})"), {}));
  EXPECT_NE(key(base, {}), key(FakeExtractor(1, R"({"hop":512})", 16000), {}));
  EXPECT_NE(key(base, {}), key(base, {.max_duration_s = 599.0}));
}

TEST(FeatureCache, DamagedEntriesAreMissesAndAreWrittenAnew) {
  const TemporaryFolder folder;
  const FeatureCache cache(folder.path(), FakeExtractor(), {});
  const std::string key = cache.key_of(bytes_of("a"));
  ASSERT_TRUE(cache.store(key, some_clip()));
  const fs::path path = cache.path_of(key);
  const std::string whole = read_text_file(path).value();
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    ASSERT_TRUE(write_file_atomically(path, damaged));
    EXPECT_EQ(cache.find(key), std::nullopt) << "byte " << i;
    ASSERT_TRUE(write_file_atomically(path, std::string_view(whole).substr(0, i)));
    EXPECT_EQ(cache.find(key), std::nullopt) << "cut to " << i;
  }
  ASSERT_TRUE(write_file_atomically(path, whole + "x"));
  EXPECT_EQ(cache.find(key), std::nullopt);
  // A whole entry under another's name.
  const std::string other = cache.key_of(bytes_of("b"));
  ASSERT_TRUE(write_file_atomically(cache.path_of(other), whole));
  EXPECT_EQ(cache.find(other), std::nullopt);
  // A folder in its place.
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_EQ(cache.find(key), std::nullopt);
  fs::remove(path);
  ASSERT_TRUE(cache.store(key, some_clip()));
  EXPECT_EQ(cache.find(key), some_clip());
}

TEST(FeatureCache, AFolderThatCannotBeWrittenIsSaidSo) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "file", "x"));
  const FeatureCache cache(folder.path() / "file", FakeExtractor(), {});
  const std::string key = cache.key_of(bytes_of("a"));
  EXPECT_EQ(cache.store(key, some_clip()).error().code, ErrorCode::kNotWritable);
  EXPECT_EQ(cache.find(key), std::nullopt);
}

// Two processes write and read the same entries; whoever reads finds the whole of one or nothing.
TEST(FeatureCache, ProcessesShareACache) {
  const TemporaryFolder folder;
  const FeatureCache cache(folder.path(), FakeExtractor(), {});
  std::vector<std::string> keys;
  for (char c = 'a'; c <= 'h'; ++c) keys.push_back(cache.key_of(bytes_of(std::string(1, c))));
  const auto use_it = [&] {
    bool all_whole = true;
    for (int round = 0; round < 50; ++round) {
      for (const std::string& key : keys) {
        const std::optional<ClipFeatures> found = cache.find(key);
        all_whole = all_whole && (!found || *found == some_clip());
        all_whole = all_whole && cache.store(key, some_clip());
        all_whole = all_whole && cache.find(key) == some_clip();
      }
    }
    return all_whole;
  };
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(use_it() ? 0 : 1);
  EXPECT_TRUE(use_it());
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  for (const std::string& key : keys) EXPECT_EQ(cache.find(key), some_clip());
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder.path()))
    EXPECT_FALSE(entry.path().extension() == ".tmp") << "left behind: " << entry.path();
}

}  // namespace
}  // namespace sermo::data
