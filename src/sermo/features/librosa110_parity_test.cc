// The features of every twelfth RAVDESS clip, from the file, against librosa's.
// tools/parity/parity.py does all of them and writes docs/parity.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "feature_goldens.h"
#include "sermo/audio/decode.h"
#include "sermo/audio/resample.h"
#include "sermo/base/npy.h"
#include "sermo/features/extractor.h"
#include "test_paths.h"

namespace sermo::features {
namespace {

// The contract's bar from files, in standard deviations of a feature over all clips.
constexpr double kMaxErrorSigma = 2e-3;
constexpr size_t kStep = 12;

std::vector<std::filesystem::path> ravdess_clips() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(testing::shared_dir() / "ravdess")) {
    const auto extension = entry.path().extension();
    if (extension == ".flac" || extension == ".wav") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Whether a frame of the features lies wholly in samples of the file that are exactly zero. After
// resampling such frames hold a residue of about 1e-8, which librosa normalises like any other.
bool has_digital_silence(const std::vector<float>& samples, int rate_hz) {
  std::vector<size_t> sounds_before = {0};
  for (const float sample : samples) {
    sounds_before.push_back(sounds_before.back() + (sample != 0.0f ? 1 : 0));
  }
  const auto end_of_clip = static_cast<double>(samples.size());
  const double ratio = rate_hz / 22050.0;
  const size_t num_frames = 1 + static_cast<size_t>(std::ceil(end_of_clip / ratio)) / 512;
  for (size_t f = 0; f < num_frames; ++f) {
    const double centre = 512.0 * static_cast<double>(f);
    const double start = std::clamp(std::ceil((centre - 1024) * ratio), 0.0, end_of_clip);
    const double end = std::clamp(std::floor((centre + 1024) * ratio), 0.0, end_of_clip);
    if (sounds_before[static_cast<size_t>(start)] == sounds_before[static_cast<size_t>(end)]) {
      return true;
    }
  }
  return false;
}

TEST(Librosa110Parity, FilesOfRavdessGiveLibrosasFeatures) {
  SERMO_REQUIRE_SHARED("ravdess");
  SERMO_REQUIRE_SHARED("reference/librosa_0.11_X.npy");
  const auto reference = read_npy(testing::shared_dir() / "reference" / "librosa_0.11_X.npy");
  ASSERT_TRUE(reference.has_value()) << reference.error().message;
  const auto& want = std::get<std::vector<double>>(reference->values);
  const std::vector<std::filesystem::path> paths = ravdess_clips();
  ASSERT_EQ(reference->shape, (std::vector<size_t>{paths.size(), 110}));
  const std::vector<double> sigmas = testing::feature_sigmas();

  const auto extractor = *find_extractor("librosa-110");
  const auto workspace = extractor->make_workspace();
  std::vector<float> features(110);
  size_t num_silent = 0;
  size_t num_silent_beyond = 0;
  for (size_t i = 0; i < paths.size(); i += kStep) {
    SCOPED_TRACE(paths[i].filename());
    const auto audio = audio::decode_file(paths[i]);
    ASSERT_TRUE(audio.has_value()) << audio.error().message;
    const int rate_hz = audio->format.sample_rate_hz;
    const auto samples = audio::resample(audio->samples, rate_hz, extractor->sample_rate_hz());
    ASSERT_TRUE(extractor->extract(*samples, features, *workspace).has_value());
    double worst = 0;
    size_t worst_index = 0;
    for (size_t c = 0; c < 110; ++c) {
      const double error = std::abs(features[c] - want[i * 110 + c]) / sigmas[c];
      if (!(error <= worst)) {
        worst = error;
        worst_index = c;
      }
    }
    if (has_digital_silence(audio->samples, rate_hz)) {
      ++num_silent;
      if (!(worst <= kMaxErrorSigma)) ++num_silent_beyond;
    } else {
      EXPECT_LE(worst, kMaxErrorSigma) << extractor->schema().names[worst_index];
    }
  }
  EXPECT_GT(num_silent, paths.size() / kStep / 5);  // a third of all clips
  EXPECT_LE(static_cast<double>(num_silent_beyond), 0.05 * static_cast<double>(num_silent));
}

}  // namespace
}  // namespace sermo::features
