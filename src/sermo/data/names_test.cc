// The parsers of corpus file names.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sermo/data/emodb.h"
#include "sermo/data/ravdess.h"
#include "sermo/data/scan.h"
#include "test_paths.h"

namespace sermo::data {
namespace {

namespace fs = std::filesystem;

// The example that the corpus' own page explains.
TEST(Ravdess, ReadsAllSevenFields) {
  const std::optional<RavdessClip> clip =
      parse_ravdess_path("Video_Speech_Actor_12/02-01-06-01-02-01-12.mp4");
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->modality, Modality::kVideoOnly);
  EXPECT_EQ(clip->channel, VocalChannel::kSpeech);
  EXPECT_EQ(clip->emotion, "fearful");
  EXPECT_EQ(clip->intensity, Intensity::kNormal);
  EXPECT_EQ(clip->statement, 2);
  EXPECT_EQ(clip->repetition, 1);
  EXPECT_EQ(clip->actor, 12);
  EXPECT_EQ(clip->sex(), Sex::kFemale);
  EXPECT_EQ(parse_ravdess_path("03-02-08-02-01-02-01")->sex(), Sex::kMale);
}

TEST(Ravdess, EmotionsHaveTheCodesOfTheCorpus) {
  const std::map<std::string, std::string> wanted = {
      {"01", "neutral"}, {"02", "calm"},    {"03", "happy"},   {"04", "sad"},
      {"05", "angry"},   {"06", "fearful"}, {"07", "disgust"}, {"08", "surprised"}};
  for (const auto& [code, emotion] : wanted)
    EXPECT_EQ(parse_ravdess_path("03-01-" + code + "-01-01-01-01.wav")->emotion, emotion);
}

TEST(Ravdess, ForeignNamesAndUnknownCodesAreNotRavdess) {
  for (const char* name : {"",
                           "a.wav",
                           "03a01Fa.wav",
                           "03-01-06-01-02-01",
                           "03-01-06-01-02-01-12-01.wav",
                           "03-01-06-01-02-01-12 (1).wav",
                           "03-01-06-01-02-01-12wav",
                           "3-01-06-01-02-01-12.wav",
                           "03_01_06_01_02_01_12.wav",
                           "03-01-0x-01-02-01-12.wav",
                           "03-01-06-01-02-01-12/a.wav",
                           "-3-01-06-01-02-01-12.wav",
                           "00-01-06-01-02-01-12.wav",
                           "04-01-06-01-02-01-12.wav",
                           "03-03-06-01-02-01-12.wav",
                           "03-01-00-01-02-01-12.wav",
                           "03-01-09-01-02-01-12.wav",
                           "03-01-06-03-02-01-12.wav",
                           "03-01-06-01-03-01-12.wav",
                           "03-01-06-01-02-03-12.wav",
                           "03-01-06-01-02-01-00.wav",
                           "03-01-06-01-02-01-25.wav"})
    EXPECT_FALSE(parse_ravdess_path(name)) << name;
}

TEST(Emodb, ReadsSpeakerTextEmotionAndVersion) {
  const std::optional<EmodbClip> clip = parse_emodb_path("emodb/11a05Fb.wav");
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->speaker, 11);
  EXPECT_EQ(clip->text, "a05");
  EXPECT_EQ(clip->emotion, "happy");
  EXPECT_EQ(clip->version, 'b');
}

TEST(Emodb, LettersAreThoseOfTheGermanWords) {
  const std::map<char, std::string> wanted = {{'W', "angry"},   {'L', "bored"}, {'E', "disgust"},
                                              {'A', "fearful"}, {'F', "happy"}, {'T', "sad"},
                                              {'N', "neutral"}};
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    const auto clip = parse_emodb_path(std::string("03b10") + letter + "a.flac");
    ASSERT_EQ(clip.has_value(), wanted.contains(letter)) << letter;
    if (clip) {
      EXPECT_EQ(clip->emotion, wanted.at(letter));
    }
  }
  for (const char* name : {"", "03a01F", "03a01FA.wav", "3a01Fab.wav", "03A01Fa.wav",
                           "03a01Faa.wav", "03a01fa.wav", "03-01-06-01-02-01-12.wav"})
    EXPECT_FALSE(parse_emodb_path(name)) << name;
}

TEST(Ravdess, TheWholeCorpusHasItsKnownCounts) {
  SERMO_REQUIRE_SHARED("ravdess");
  const fs::path root = testing::shared_dir() / "ravdess";
  const Scan found = scan(std::span(&root, 1));
  EXPECT_EQ(found.files.size(), 1440U);
  EXPECT_TRUE(found.skipped.empty());
  EXPECT_TRUE(found.failures.empty());
  std::map<std::string, int> num_clips;
  std::map<int, int> num_of_actor;
  for (const ScannedFile& file : found.files) {
    const auto clip = parse_ravdess_path(file.name);
    ASSERT_TRUE(clip) << file.name;
    ++num_clips[std::string(clip->emotion)];
    ++num_of_actor[clip->actor];
    EXPECT_FALSE(clip->emotion == "neutral" && clip->intensity == Intensity::kStrong);
    EXPECT_EQ(file.name.substr(0, 9), "Actor_" + file.name.substr(file.name.size() - 7, 2) + "/");
  }
  EXPECT_EQ(num_clips, (std::map<std::string, int>{{"angry", 192},
                                                   {"calm", 192},
                                                   {"disgust", 192},
                                                   {"fearful", 192},
                                                   {"happy", 192},
                                                   {"neutral", 96},
                                                   {"sad", 192},
                                                   {"surprised", 192}}));
  EXPECT_EQ(num_of_actor.size(), 24U);
  for (const auto& [actor, count] : num_of_actor) EXPECT_EQ(count, 60) << actor;
}

TEST(Emodb, TheClipsHereHaveTheirKnownCounts) {
  SERMO_REQUIRE_SHARED("emodb");
  const fs::path root = testing::shared_dir() / "emodb";
  std::map<std::string, int> num_clips;
  std::set<int> speakers;
  for (const ScannedFile& file : scan(std::span(&root, 1)).files) {
    const auto clip = parse_emodb_path(file.name);
    ASSERT_TRUE(clip) << file.name;
    ++num_clips[std::string(clip->emotion)];
    speakers.insert(clip->speaker);
  }
  // The four classes that are complete: 127, 71, 79 and 62 in Burkhardt et al., 339 together.
  EXPECT_EQ(num_clips["angry"], 127);
  EXPECT_EQ(num_clips["happy"], 71);
  EXPECT_EQ(num_clips["neutral"], 79);
  EXPECT_EQ(num_clips["sad"], 62);
  EXPECT_EQ(speakers, (std::set<int>{3, 8, 9, 10, 11, 12, 13, 14, 15, 16}));
}

}  // namespace
}  // namespace sermo::data
