#include "sermo/data/sound_print.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <random>

#include "test_paths.h"

namespace sermo::data {
namespace {

// Noise that swells and fades as syllables do.
audio::DecodedAudio recording(uint32_t seed, double seconds = 3.0, int rate_hz = 16'000) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  audio::DecodedAudio audio;
  audio.format.sample_rate_hz = rate_hz;
  const auto num_samples = static_cast<size_t>(seconds * rate_hz);
  for (size_t n = 0; n < num_samples; ++n) {
    const double t = static_cast<double>(n) / rate_hz;
    const double swell = 0.55 + 0.45 * std::sin(2.0 * std::numbers::pi * (3.0 + seed % 3) * t);
    audio.samples.push_back(static_cast<float>(0.1 * swell) * normal(random));
  }
  return audio;
}

audio::DecodedAudio louder(audio::DecodedAudio audio, float factor) {
  for (float& sample : audio.samples) sample *= factor;
  return audio;
}

audio::DecodedAudio without_start(audio::DecodedAudio audio, size_t num_samples) {
  audio.samples.erase(audio.samples.begin(),
                      audio.samples.begin() + static_cast<std::ptrdiff_t>(num_samples));
  return audio;
}

std::vector<SoundCopy> copies_among(const std::vector<audio::DecodedAudio>& recordings) {
  std::vector<SoundPrint> prints;
  for (const audio::DecodedAudio& r : recordings) prints.push_back(sound_print(r).value());
  return find_copies(prints);
}

TEST(SoundPrint, RecordingsThatDifferAreNoCopies) {
  std::vector<audio::DecodedAudio> recordings;
  for (uint32_t seed = 1; seed <= 30; ++seed) recordings.push_back(recording(seed));
  EXPECT_TRUE(copies_among(recordings).empty());
}

TEST(SoundPrint, LevelHasNoSay) {
  const auto copies = copies_among({recording(1), recording(2), louder(recording(1), 1.41f)});
  ASSERT_EQ(copies.size(), 1u);
  EXPECT_EQ(copies[0].first, 0u);
  EXPECT_EQ(copies[0].second, 2u);
  EXPECT_GT(copies[0].likeness, 0.99);
}

TEST(SoundPrint, ACopyThatIsCutIsFoundWhereverTheCutFalls) {
  for (size_t cut : {1u, 777u, 4800u, 20'000u}) {  // samples of 16 kHz: no whole number of hops
    const auto copies =
        copies_among({recording(1), recording(2), without_start(recording(1), cut)});
    ASSERT_EQ(copies.size(), 1u) << cut;
    EXPECT_EQ(copies[0].second, 2u);
    EXPECT_GT(copies[0].likeness, 0.9) << cut;
  }
}

TEST(SoundPrint, ManyCopiesOfOneRecordingAreAllFound) {
  std::vector<audio::DecodedAudio> recordings = {recording(9)};
  for (int i = 0; i < 5; ++i) recordings.push_back(louder(recording(1), 1.0f + 0.1f * i));
  EXPECT_EQ(copies_among(recordings).size(), 10u) << "each pair of five";
}

TEST(SoundPrint, ALossyFileOfARecordingIsACopy) {
  std::vector<audio::DecodedAudio> recordings;
  for (const char* name : {"clip.flac", "clip.mp3", "clip.ogg", "clip.opus"}) {
    recordings.push_back(
        audio::decode_file(testing::test_data() / "audio" / "clips" / name).value());
  }
  for (const SoundCopy& copy : copies_among(recordings)) EXPECT_GT(copy.likeness, 0.85);
  EXPECT_EQ(copies_among(recordings).size(), 6u) << "each pair of four";
}

TEST(SoundPrint, OfRealClipsOnlyThePlantedCopiesAndRavdesssOwnAreFound) {
  SERMO_REQUIRE_SHARED("ravdess");
  std::vector<audio::DecodedAudio> recordings;
  std::vector<std::filesystem::path> files;
  for (const auto& file :
       std::filesystem::directory_iterator(testing::shared_dir() / "ravdess" / "Actor_07"))
    files.push_back(file.path());
  std::ranges::sort(files);
  for (const auto& file : files) recordings.push_back(audio::decode_file(file).value());
  const size_t num_clips = recordings.size();
  ASSERT_EQ(num_clips, 60u);
  for (size_t i = 0; i < 10; ++i) {
    const audio::DecodedAudio clip = recordings[6 * i];  // none of RAVDESS's own pair
    recordings.push_back(i % 2 == 0 ? louder(clip, 1.41f) : without_start(clip, 14'400));
  }
  const std::vector<SoundCopy> copies = copies_among(recordings);
  EXPECT_EQ(copies.size(), 11u);
  for (const SoundCopy& copy : copies) {
    if (copy.second >= num_clips) {
      EXPECT_EQ(copy.first, 6 * (copy.second - num_clips));
      EXPECT_GT(copy.likeness, 0.9);
    } else {
      EXPECT_EQ(files[copy.first].stem(), "03-01-03-01-02-01-07");
      EXPECT_EQ(files[copy.second].stem(), "03-01-03-01-02-02-07");
    }
  }
}

TEST(SoundPrint, SilentAndShortRecordingsAreLikeNothing) {
  const audio::DecodedAudio silence = louder(recording(1), 0.0f);
  const audio::DecodedAudio brief = recording(1, 0.2);
  EXPECT_TRUE(copies_among({silence, silence, brief, brief}).empty());
  audio::DecodedAudio empty = silence;
  empty.samples.clear();
  EXPECT_TRUE(sound_print(empty).value().words.empty());
}

}  // namespace
}  // namespace sermo::data
