#include "sermo/audio/decode.h"

#include <gtest/gtest.h>

#include <numeric>

#include "sermo/base/file.h"
#include "temporary_folder.h"
#include "test_paths.h"
#include "wav_bytes.h"

namespace sermo::audio {
namespace {

namespace fs = std::filesystem;
using testing::wav;
using testing::wav_header;

TEST(Decode, SixteenBitPcmDividesBy32768) {
  const DecodedAudio audio =
      decode_bytes(wav<int16_t>({}, {0, 1, -1, 16384, 32767, -32768})).value();
  EXPECT_EQ(audio.samples,
            (std::vector<float>{0, 1 / 32768.0F, -1 / 32768.0F, 0.5F, 32767 / 32768.0F, -1.0F}));
  EXPECT_EQ(audio.format.container, "wav");
  EXPECT_EQ(audio.format.codec, "pcm_s16");
  EXPECT_EQ(audio.format.sample_rate_hz, 16'000);
  EXPECT_EQ(audio.format.num_channels, 1);
  EXPECT_DOUBLE_EQ(audio.duration_s(), 6 / 16'000.0);
  EXPECT_TRUE(audio.warnings.empty());
}

TEST(Decode, StereoIsAveraged) {
  const DecodedAudio audio =
      decode_bytes(wav<int16_t>({.num_channels = 2}, {16384, 0, -32768, -32768})).value();
  EXPECT_EQ(audio.samples, (std::vector<float>{0.25F, -1.0F}));
  EXPECT_EQ(audio.format.num_channels, 2);
}

TEST(Decode, TheFileIsNamedInFailures) {
  const testing::TemporaryFolder folder;
  const fs::path path = folder.path() / "a.wav";
  EXPECT_EQ(decode_file(path).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_file_atomically(path, ""));
  EXPECT_EQ(decode_file(path).error(),
            (Error{ErrorCode::kTooShort, path.string() + ": the file is empty"}));
  EXPECT_EQ(decode_file(folder.path()).error().code, ErrorCode::kNotReadable);
  ASSERT_TRUE(write_file_atomically(path, wav<int16_t>({}, {1, 2, 3})));
  EXPECT_EQ(decode_file(path).value().samples.size(), 3U);
}

TEST(Decode, ReadsTheCorpora) {
  SERMO_REQUIRE_SHARED("ravdess");
  const DecodedAudio audio =
      decode_file(testing::shared_dir() / "ravdess/Actor_01/03-01-01-01-01-01-01.flac").value();
  EXPECT_EQ(audio.samples.size(), 158'558U);
  EXPECT_EQ(audio.format.container, "flac");
  EXPECT_EQ(audio.format.sample_rate_hz, 48'000);
  // float(np.sum(np.square(soundfile.read(path)[0])))
  const double energy =
      std::inner_product(audio.samples.begin(), audio.samples.end(), audio.samples.begin(), 0.0);
  EXPECT_NEAR(energy, 2.537734005600214, 1e-9);
}

}  // namespace
}  // namespace sermo::audio
