#include "sermo/base/file.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace sermo {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

TEST(File, WhatIsWrittenIsRead) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "new" / "sub" / "a.txt";
  ASSERT_TRUE(write_file_atomically(path, "first"));
  ASSERT_TRUE(write_file_atomically(path, "second"));
  EXPECT_EQ(read_text_file(path).value(), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1)
      << "temporary files were left behind";
}

TEST(File, AFailedWriteLeavesTheOldFileWhole) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a.txt";
  ASSERT_TRUE(write_file_atomically(path, "old"));
  const Result<void> result =
      write_file_atomically(path, [](const fs::path& temporary) -> Result<void> {
        SERMO_TRY_VOID(write_file_atomically(temporary, "half of the new"));
        return fail(ErrorCode::kNotWritable, "disk full");
      });
  EXPECT_EQ(result.error().code, ErrorCode::kNotWritable);
  EXPECT_EQ(read_text_file(path).value(), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(File, FailuresSayWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_file(folder.path() / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_file(folder.path()).error().code, ErrorCode::kNotReadable);
  EXPECT_EQ(read_file("/dev/zero").error().code, ErrorCode::kNotReadable);
  ASSERT_TRUE(write_file_atomically(folder.path() / "ten", "0123456789"));
  const Result<std::vector<std::byte>> limited = read_file(folder.path() / "ten", 9);
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code, ErrorCode::kTooLarge);
  EXPECT_NE(limited.error().message.find("10 bytes, wanted at most 9"), std::string::npos)
      << limited.error().message;
  EXPECT_EQ(write_file_atomically(folder.path() / "ten" / "below", "x").error().code,
            ErrorCode::kNotWritable);
}

}  // namespace
}  // namespace sermo
