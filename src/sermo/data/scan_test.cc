#include "sermo/data/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "temporary_folder.h"

namespace sermo::data {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

void make_file(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path);
  ASSERT_TRUE(file << "x") << path;
}

Scan scan_one(const fs::path& root) { return scan(std::span(&root, 1)); }

std::vector<std::string> names(const Scan& found) {
  std::vector<std::string> all;
  for (const ScannedFile& file : found.files) all.push_back(file.name);
  return all;
}

std::vector<std::string> skipped(const Scan& found) {
  std::vector<std::string> all;
  for (const SkippedFile& file : found.skipped) all.push_back(file.name + ": " + file.reason);
  return all;
}

TEST(Scan, FindsAudioInOrderAndListsTheRest) {
  const TemporaryFolder folder;
  for (const char* name : {"b.wav", "a/z.FLAC", "a/B.mp3", "a-b.ogg", "a.b.Opus", "notes.txt",
                           "noext", ".hidden.wav", ".git/x.wav", "a/._z.wav", "a/deep/er/x.m4a"})
    make_file(folder.path() / name);
  const Scan found = scan_one(folder.path());
  // The whole path is one text: '-' (2D) sorts before '.' (2E) before '/' (2F).
  EXPECT_THAT(names(found), ElementsAre("a-b.ogg", "a.b.Opus", "a/B.mp3", "a/deep/er/x.m4a",
                                        "a/z.FLAC", "b.wav"));
  EXPECT_THAT(skipped(found),
              ElementsAre(".git: hidden", ".hidden.wav: hidden", "a/._z.wav: hidden",
                          "noext: no audio extension", "notes.txt: no audio extension"));
  EXPECT_THAT(found.failures, IsEmpty());
  EXPECT_EQ(found.files[2].path, folder.path() / "a/B.mp3");
}

TEST(Scan, NamesThatAreNoUtf8ArePassedOnAsTheyAre) {
  const TemporaryFolder folder;
  const std::string fine = "caf\xC3\xA9.wav", far = "caf\xEA\x80\x80.wav", lone = "caf\xE9.wav",
                    odd = "a,b \"c\"\n.wav";
  for (const std::string& name : {lone, fine, far, odd}) make_file(folder.path() / name);
  // As Python sorts what os.listdir gives: the lone byte E9 is U+DCE9, which stands behind U+A000
  // (EA 80 80), though as a byte it would stand before it.
  EXPECT_THAT(names(scan_one(folder.path())), ElementsAre(odd, fine, far, lone));
}

TEST(Scan, LoopsOfLinksEnd) {
  const TemporaryFolder folder;
  make_file(folder.path() / "z/real/a.wav");
  fs::create_directory_symlink(folder.path(), folder.path() / "z/real/up");
  fs::create_directory_symlink(".", folder.path() / "z/self");
  fs::create_directory_symlink("z/real", folder.path() / "b-link");
  fs::create_symlink("nothing.wav", folder.path() / "broken.wav");
  fs::create_symlink("round.wav", folder.path() / "round.wav");
  fs::create_symlink("z/real/a.wav", folder.path() / "link.wav");
  const Scan found = scan_one(folder.path());
  EXPECT_THAT(names(found), ElementsAre("z/real/a.wav"));
  EXPECT_THAT(skipped(found), ElementsAre(HasSubstr("b-link/: this folder is searched already"),
                                          "broken.wav: a link that leads nowhere",
                                          "link.wav: the same file as one listed already",
                                          "round.wav: a link that leads nowhere",
                                          HasSubstr("z/real/up/: this folder is searched already"),
                                          HasSubstr("z/self/: this folder is searched already")));
}

TEST(Scan, ALinkedFolderElsewhereIsSearched) {
  const TemporaryFolder folder, elsewhere;
  make_file(elsewhere.path() / "a.wav");
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "link");
  EXPECT_THAT(names(scan_one(folder.path())), ElementsAre("link/a.wav"));
}

TEST(Scan, WhatIsNamedItselfIsTakenWhateverItsName) {
  const TemporaryFolder folder;
  make_file(folder.path() / "clips/a.wav");
  make_file(folder.path() / "recording.bin");
  EXPECT_THAT(names(scan_one(folder.path() / "recording.bin")),
              ElementsAre((folder.path() / "recording.bin").string()));
  const std::vector<fs::path> roots = {folder.path() / "recording.bin", folder.path() / "clips/",
                                       folder.path() / "clips/a.wav", folder.path() / "clips"};
  const Scan found = scan(roots);
  EXPECT_THAT(names(found), ElementsAre((folder.path() / "clips/a.wav").string(),
                                        (folder.path() / "recording.bin").string()));
  EXPECT_EQ(found.skipped.size(), 2U);  // the clip and the folder, named twice
  EXPECT_THAT(found.failures, IsEmpty());
}

TEST(Scan, WhatIsMissingEmptyOrClosedIsAFailure) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "empty");
  make_file(folder.path() / "texts/a.txt");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe.wav").c_str(), 0600), 0);
  const std::vector<fs::path> roots = {folder.path() / "none.wav", folder.path() / "empty",
                                       folder.path() / "texts", folder.path() / "pipe.wav"};
  const Scan found = scan(roots);
  EXPECT_THAT(found.files, IsEmpty());
  ASSERT_EQ(found.failures.size(), 4U);
  EXPECT_EQ(found.failures[0].error, (Error{ErrorCode::kNotFound, "no such file or folder"}));
  EXPECT_EQ(found.failures[1].error,
            (Error{ErrorCode::kNotFound, "no audio file in this folder (other files: 0)"}));
  EXPECT_EQ(found.failures[2].error,
            (Error{ErrorCode::kNotFound, "no audio file in this folder (other files: 1)"}));
  EXPECT_EQ(found.failures[3].error,
            (Error{ErrorCode::kNotReadable, "neither a file nor a folder"}));
  EXPECT_THAT(skipped(found), ElementsAre(HasSubstr("a.txt: no audio extension")));
  EXPECT_THAT(skipped(scan_one(folder.path())),
              ElementsAre("pipe.wav: not a regular file", "texts/a.txt: no audio extension"));

  if (::geteuid() == 0) return;  // root reads everything
  make_file(folder.path() / "closed/a.wav");
  fs::permissions(folder.path() / "closed", fs::perms::none);
  EXPECT_EQ(scan_one(folder.path() / "closed").failures.at(0).error.code, ErrorCode::kNotReadable);
  fs::permissions(folder.path() / "closed", fs::perms::owner_all);
}

TEST(Scan, ExtensionsAreToldWhateverTheirCase) {
  for (const char* name : {"a.wav", "a.WAV", "x/y.Flac", "a.b.mp3", "-.webm"})
    EXPECT_TRUE(has_audio_extension(name)) << name;
  for (const char* name : {"", "wav", ".wav", "x.wav/y", "a.wav.txt", "a.", "a.wavx"})
    EXPECT_FALSE(has_audio_extension(name)) << name;
}

}  // namespace
}  // namespace sermo::data
