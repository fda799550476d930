#include "sermo/audio/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <thread>

#include "sermo/audio/resample.h"
#include "sermo/base/file.h"
#include "sermo/base/hash.h"
#include "temporary_folder.h"
#include "test_paths.h"
#include "wav_bytes.h"

namespace sermo::audio {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::ByteString;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::wav;
using testing::wav_header;

fs::path clips() { return testing::test_data() / "audio" / "clips"; }

std::vector<std::byte> clip(const std::string& name) { return read_file(clips() / name).value(); }

std::vector<std::byte> first_bytes(std::vector<std::byte> bytes, size_t count) {
  bytes.resize(count);
  return bytes;
}

bool needs_ffmpeg(const fs::path& path) {
  const std::string extension = path.extension();
  return extension == ".m4a" || extension == ".aac" || extension == ".mp4" ||
         extension == ".webm" || extension == ".mka";
}

#ifdef SERMO_WITH_FFMPEG
constexpr bool kWithFfmpeg = true;
#else
constexpr bool kWithFfmpeg = false;
#endif
#define SERMO_REQUIRE_FFMPEG() \
  if (!kWithFfmpeg) GTEST_SKIP() << "SKIPPED, NOT TESTED: built without the FFmpeg module"

Error failure_of(std::span<const std::byte> bytes, const DecodeOptions& options = {}) {
  const Result<DecodedAudio> audio = decode_bytes(bytes, options);
  EXPECT_FALSE(audio);
  return audio ? Error{} : audio.error();
}

// --- Against other programs.

TEST(Decode, EqualsSoundfileAndFfmpeg) {
  const auto table =
      nlohmann::json::parse(read_text_file(testing::test_data() / "audio/decode.json").value());
  ASSERT_GE(table.size(), 40U);
  for (const auto& [name, want] : table.items()) {
    SCOPED_TRACE(name);
    if (needs_ffmpeg(name) && !kWithFfmpeg) continue;
    const Result<DecodedAudio> decoded = decode_file(clips() / name);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->format.sample_rate_hz, want["sample_rate_hz"].get<int>());
    EXPECT_EQ(decoded->format.num_channels, want["channels"].get<int>());
    EXPECT_THAT(decoded->warnings, IsEmpty());
    // The ffmpeg program keeps the zeros that fill up the last AAC frame of an mp4; the file says
    // where they begin, and they are left out here.
    const size_t num_padding =
        decoded->format.codec == "aac" && name != "clip.aac" ? decoded->samples.size() % 1024 : 0;
    const size_t num_filled = num_padding == 0 ? 0 : 1024 - num_padding;
    ASSERT_EQ(decoded->samples.size() + num_filled, want["frames"].get<size_t>());
    if (want.contains("sha256")) {
      EXPECT_EQ(sha256_hex(std::as_bytes(std::span(decoded->samples))),
                want["sha256"].get<std::string>());
      continue;
    }
    // Other builds of the same decoders round differently, in the last bits of 16 at most for the
    // integer code of Opus, and of 24 for the others.
    const float tolerance = decoded->format.codec == "opus" ? 1.01F / 32768.0F : 2e-6F;
    const std::vector<float> every = want["every_101st"];
    for (size_t i = 0; i < every.size() && 101 * i < decoded->samples.size(); ++i)
      ASSERT_NEAR(decoded->samples[101 * i], every[i], tolerance) << "sample " << 101 * i;
  }
}

// How far `b` lies behind `a`, in samples: where their correlation is largest.
int lag(const std::vector<float>& a, const std::vector<float>& b) {
  double best = 0.0;
  int best_lag = 0;
  for (int lag = -2500; lag <= 2500; ++lag) {
    double sum = 0.0;
    for (int i = 4000; i < 12'000; ++i) {
      sum += static_cast<double>(a[static_cast<size_t>(i)]) * b[static_cast<size_t>(i + lag)];
    }
    if (sum > best) {
      best = sum;
      best_lag = lag;
    }
  }
  return best_lag;
}

TEST(Decode, EncoderDelayIsLeftOut) {
  const std::vector<float> original = decode_file(clips() / "clip.wav").value().samples;
  for (const char* name :
       {"clip.flac", "clip.ogg", "clip.opus", "clip.mp3", "clip_tagged.mp3", "clip.m4a", "clip.mp4",
        "clip.webm", "clip_alac.m4a", "clip_vorbis.mka"}) {
    if (needs_ffmpeg(name) && !kWithFfmpeg) continue;
    const DecodedAudio audio = decode_file(clips() / name).value();
    EXPECT_EQ(audio.duration_s(), 1.2) << name;
    const std::vector<float> samples =
        resample(audio.samples, audio.format.sample_rate_hz, 16'000).value();
    EXPECT_LE(std::abs(lag(original, samples)), 1) << name;
  }
  // Bare AAC frames do not say how many samples the encoder put in front, so they stay.
  SERMO_REQUIRE_FFMPEG();
  EXPECT_EQ(lag(original, decode_file(clips() / "clip.aac").value().samples), 1024);
}

TEST(Decode, NamesContainerAndCodec) {
  const auto format = [](const char* name) {
    const AudioFormat f = decode_file(clips() / name).value().format;
    return f.container + "/" + f.codec;
  };
  EXPECT_EQ(format("clip.wav"), "wav/pcm_s16");
  EXPECT_EQ(format("short_u8.wav"), "wav/pcm_u8");
  EXPECT_EQ(format("short_s24.wav"), "wav/pcm_s24");
  EXPECT_EQ(format("short_s32.wav"), "wav/pcm_s32");
  EXPECT_EQ(format("short_f32.wav"), "wav/pcm_f32");
  EXPECT_EQ(format("short_f64.wav"), "wav/pcm_f64");
  EXPECT_EQ(format("short_alaw.wav"), "wav/pcm_alaw");
  EXPECT_EQ(format("short_mulaw.wav"), "wav/pcm_mulaw");
  EXPECT_EQ(format("short_adpcm_ms.wav"), "wav/adpcm_ms");
  EXPECT_EQ(format("short_mp3.wav"), "wav/mp3");
  EXPECT_EQ(format("clip.flac"), "flac/flac");
  EXPECT_EQ(format("clip.ogg"), "ogg/vorbis");
  EXPECT_EQ(format("clip.opus"), "ogg/opus");
  EXPECT_EQ(format("clip.mp3"), "mp3/mp3");
  SERMO_REQUIRE_FFMPEG();
  EXPECT_EQ(format("clip.aac"), "aac/aac");
  EXPECT_EQ(format("clip.m4a"), "m4a/aac");
  EXPECT_EQ(format("clip_alac.m4a"), "m4a/alac");
  EXPECT_EQ(format("clip.mp4"), "mp4/aac");
  EXPECT_EQ(format("clip.webm"), "webm/opus");
  EXPECT_EQ(format("clip_vorbis.mka"), "matroska/vorbis");
}

// --- Laws.

TEST(Decode, SixteenBitPcmDividesBy32768) {
  const DecodedAudio audio =
      decode_bytes(wav<int16_t>({}, {0, 1, -1, 16384, 32767, -32768})).value();
  EXPECT_THAT(audio.samples,
              ElementsAre(0.0F, 1 / 32768.0F, -1 / 32768.0F, 0.5F, 32767 / 32768.0F, -1.0F));
  EXPECT_DOUBLE_EQ(audio.duration_s(), 6 / 16'000.0);
}

TEST(Decode, ChannelsAreAveraged) {
  const DecodedAudio audio =
      decode_bytes(wav<int16_t>({.num_channels = 2}, {16384, 0, -32768, -32768})).value();
  EXPECT_THAT(audio.samples, ElementsAre(0.25F, -1.0F));
}

TEST(Decode, TheNameDoesNotMatter) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "a.mp3", clip("clip.flac")));
  EXPECT_EQ(decode_file(folder.path() / "a.mp3").value().samples,
            decode_bytes(clip("clip.flac")).value().samples);
}

TEST(Decode, ThreadsDoNotMatter) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(clips())) paths.push_back(entry.path());
  const auto answers = [&] {
    std::string all;
    for (const fs::path& path : paths) {
      const Result<DecodedAudio> audio = decode_file(path);
      all += audio ? sha256_hex(std::as_bytes(std::span(audio->samples))) : audio.error().message;
    }
    return all;
  };
  const std::string want = answers();
  std::vector<std::string> got(4);
  std::vector<std::thread> threads;
  for (std::string& answer : got) threads.emplace_back([&] { answer = answers(); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : got) EXPECT_EQ(answer, want);
}

// --- Files that were cut.

TEST(Decode, WhatIsLeftOfACutFileComesWithAWarning) {
  const auto warning = [](const char* name, size_t num_bytes) {
    const DecodedAudio audio = decode_bytes(first_bytes(clip(name), num_bytes)).value();
    EXPECT_LT(audio.duration_s(), 1.2);
    return audio.warnings.at(0);
  };
  EXPECT_EQ(warning("clip.wav", 44 + 6'400), "truncated: 0.20 of 1.20 s");
  EXPECT_THAT(warning("clip.flac", 20'000),
              AllOf(StartsWith("truncated: 0."), HasSubstr(" of 1.20 s")));
  EXPECT_THAT(warning("clip.mp3", 6'000),
              AllOf(StartsWith("truncated: 0."), HasSubstr(" of 1.20 s")));
  EXPECT_THAT(warning("clip.ogg", 9'000), StartsWith("truncated: its end is missing, after "));
  EXPECT_EQ(warning("short.w64", 104 + 1'600), "truncated: 0.10 of 0.25 s");
  EXPECT_EQ(warning("short.aiff", 54 + 1'600), "truncated: 0.10 of 0.25 s");
  EXPECT_EQ(warning("short.au", 32 + 1'600), "truncated: 0.10 of 0.25 s");
  EXPECT_EQ(warning("short_rf64.wav", 114 + 1'600), "truncated: 0.10 of 0.25 s");
  SERMO_REQUIRE_FFMPEG();
  EXPECT_THAT(warning("clip.m4a", 6'000),
              AllOf(StartsWith("truncated: 0."), HasSubstr(" of 1.20 s")));
  EXPECT_THAT(warning("clip.webm", 4'000),
              AllOf(StartsWith("truncated: 0."), HasSubstr(" of 1.20 s")));
  EXPECT_THAT(warning("clip.aac", 4'000), "damaged: 1 of 8 packets could not be decoded");
}

TEST(Decode, WhatIsLeftIsTheBeginning) {
  for (const char* name : {"clip.wav", "clip.flac", "clip.mp3", "clip.m4a", "clip.webm"}) {
    if (needs_ffmpeg(name) && !kWithFfmpeg) continue;
    const std::vector<std::byte> bytes = clip(name);
    const std::vector<float> whole = decode_bytes(bytes).value().samples;
    const std::vector<float> part =
        decode_bytes(first_bytes(bytes, bytes.size() * 2 / 3)).value().samples;
    ASSERT_GT(part.size(), whole.size() / 4) << name;
    ASSERT_LT(part.size(), whole.size()) << name;
    EXPECT_TRUE(std::equal(part.begin(), part.end() - 2'000, whole.begin())) << name;
  }
}

TEST(Decode, TooLittleIsAnError) {
  const auto message = [](const char* name, size_t num_bytes) {
    const Error error = failure_of(first_bytes(clip(name), num_bytes));
    EXPECT_EQ(error.code, ErrorCode::kCorrupt) << name << ": " << error.message;
    return error.message;
  };
  EXPECT_EQ(message("clip.wav", 44), "damaged wav: it ends before its first sample");
  EXPECT_THAT(message("clip.wav", 30), StartsWith("damaged wav: nothing in it can be decoded"));
  EXPECT_THAT(message("clip.flac", 300), StartsWith("damaged flac: nothing in it can be decoded"));
  EXPECT_THAT(message("clip.mp3", 300), StartsWith("damaged mp3: nothing in it can be decoded"));
  EXPECT_EQ(message("clip.ogg", 5'000), "damaged ogg: it ends before its first sample");
  EXPECT_THAT(message("clip.opus", 300), StartsWith("damaged ogg: nothing in it can be decoded"));
  SERMO_REQUIRE_FFMPEG();
  EXPECT_THAT(message("clip.mp4", 5'000), HasSubstr("moov atom not found"));
  EXPECT_THAT(message("clip.m4a", 300), StartsWith("damaged m4a: nothing in it can be decoded"));
  EXPECT_THAT(message("clip.webm", 300), StartsWith("damaged webm: nothing in it can be decoded"));
  EXPECT_THAT(message("clip.aac", 100), StartsWith("damaged aac: nothing in it can be decoded"));
}

// --- Wav files from pipes, and other sizes that are not true.

TEST(Decode, AWavFromAPipeIsReadToItsEnd) {
  const std::vector<int16_t> values = {5, 6, 7, 8, 9, 10, 11};
  const auto decode_with = [&](uint32_t riff_size, uint32_t data_size) {
    ByteString bytes = wav_header({}, riff_size, data_size);
    for (const int16_t value : values) bytes.number(value);
    return decode_bytes(bytes);
  };
  const std::vector<float> want = decode_with(36 + 14, 14).value().samples;
  ASSERT_EQ(want.size(), values.size());
  constexpr std::pair<uint32_t, uint32_t> kSizes[] = {
      {0, 0},
      {0xFFFFFFFF, 0xFFFFFFFF},
      {0x7FFFF024, 0x7FFFF000},
      {0x80000024, 0x80000000},
      {36, 0},
      {36 + 14, 0},
      {36 + 14, 0xFFFFFFFF},
      {0xFFFFFFFF, 14},
      {0, 14},
  };
  for (const auto& [riff_size, data_size] : kSizes) {
    const Result<DecodedAudio> audio = decode_with(riff_size, data_size);
    ASSERT_TRUE(audio) << riff_size << " " << data_size << ": " << audio.error().message;
    EXPECT_EQ(audio->samples, want) << riff_size << " " << data_size;
    EXPECT_THAT(audio->warnings, IsEmpty()) << riff_size << " " << data_size;
  }
  // Stereo in 24 bits: SoX rounds its placeholder down to whole frames of six bytes.
  ByteString stereo = wav_header({.num_channels = 2, .bits = 24}, 0x7FFFF024, 0x7FFFEFFC);
  stereo.text(std::string(12, '\1'));
  EXPECT_THAT(decode_bytes(stereo).value().warnings, IsEmpty());
}

TEST(Decode, AnEmptyWavIsNotFilledWithWhatFollows) {
  ByteString bytes = wav_header({}, 36 + 12, 0);
  bytes.text("LIST").number(uint32_t{4}).text("INFO");
  EXPECT_EQ(failure_of(bytes), (Error{ErrorCode::kTooShort, "no samples in this wav"}));
  EXPECT_EQ(failure_of(wav<int16_t>({}, {})),
            (Error{ErrorCode::kTooShort, "no samples in this wav"}));
}

TEST(Decode, AHeaderThatClaimsFourGigabytesTakesNoMemoryForThem) {
  ByteString bytes = wav_header({}, 0xFFFFFFF0, 0xFFFFFF00);
  for (int i = 0; i < 1'600; ++i) bytes.number(int16_t{100});
  const DecodedAudio audio = decode_bytes(bytes).value();
  EXPECT_EQ(audio.samples.size(), 1'600U);
  EXPECT_LT(audio.samples.capacity(), size_t{1} << 21);
  EXPECT_THAT(audio.warnings, ElementsAre("truncated: 0.10 of 134217.72 s"));
}

// --- Input that is refused.

TEST(Decode, WhatIsNotAudioIsNamed) {
  EXPECT_EQ(failure_of({}), (Error{ErrorCode::kTooShort, "the file is empty"}));
  EXPECT_EQ(failure_of(ByteString().text("Dear diary\n")),
            (Error{ErrorCode::kUnsupported, "not audio (looks like text)"}));
  EXPECT_EQ(failure_of(clip("picture.png")),
            (Error{ErrorCode::kUnsupported, "not audio (looks like a PNG picture)"}));
  EXPECT_EQ(failure_of(ByteString().text(std::string(1'000, '\0'))),
            (Error{ErrorCode::kUnsupported, "not audio, or of an unknown kind"}));
  SERMO_REQUIRE_FFMPEG();
  EXPECT_EQ(failure_of(clip("video_only.mp4")),
            (Error{ErrorCode::kUnsupported, "no audio stream (found: video h264)"}));
  EXPECT_EQ(failure_of(clip("video_only.webm")),
            (Error{ErrorCode::kUnsupported, "no audio stream (found: video vp8)"}));
}

TEST(Decode, RatesAndChannelsAreLimited) {
  EXPECT_EQ(failure_of(clip("short_9ch.wav")),
            (Error{ErrorCode::kUnsupported, "9 channels, wanted 1 to 8"}));
  EXPECT_EQ(failure_of(clip("short_7350hz.wav")),
            (Error{ErrorCode::kUnsupported, "a sample rate of 7350 Hz, wanted 8000 to 192000 Hz"}));
  EXPECT_TRUE(decode_bytes(wav<int16_t>({.sample_rate_hz = 192'000}, {1})));
  EXPECT_FALSE(decode_bytes(wav<int16_t>({.sample_rate_hz = 192'001}, {1})));
}

TEST(Decode, OneSampleIsARecording) {
  EXPECT_THAT(decode_bytes(wav<int16_t>({}, {8192})).value().samples, ElementsAre(0.25F));
}

TEST(Decode, SamplesThatAreNotFiniteAreFound) {
  std::vector<float> values(16'000, 0.5F);
  values[4'000] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(failure_of(wav<float>({.format_tag = 3, .bits = 32}, values)),
            (Error{ErrorCode::kNotFinite, "sample 4000 (at 0.250 s) is not a number"}));
  values[4'000] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(failure_of(wav<float>({.format_tag = 3, .bits = 32}, values)),
            (Error{ErrorCode::kNotFinite, "sample 4000 (at 0.250 s) is infinite"}));
  // A double that no float can hold.
  EXPECT_EQ(failure_of(wav<double>({.format_tag = 3, .bits = 64}, {0.0, 1e300})).code,
            ErrorCode::kNotFinite);
}

TEST(Decode, TheLimitOnDurationHoldsForEveryReader) {
  for (const char* name :
       {"clip.wav", "clip.flac", "clip.ogg", "clip.mp3", "clip.m4a", "clip.webm"}) {
    if (needs_ffmpeg(name) && !kWithFfmpeg) continue;
    EXPECT_EQ(failure_of(clip(name), {.max_duration_s = 1.1}),
              (Error{ErrorCode::kTooLong, "longer than the limit of 1.1 s"}))
        << name;
    EXPECT_TRUE(decode_bytes(clip(name), {.max_duration_s = 1.2})) << name;
  }
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

// The libraries print warnings of their own about damage like this; none may reach the user.
TEST(Decode, DamageIsAnsweredInSilence) {
  std::mt19937 random(42);
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  size_t num_refused = 0;
  size_t num_answered = 0;
  for (const auto& entry : fs::directory_iterator(clips())) {
    const std::vector<std::byte> whole = read_file(entry.path()).value();
    for (int round = 0; round < 20; ++round) {
      std::vector<std::byte> bytes = whole;
      const size_t num_changes = 1 + random() % 8;
      for (size_t i = 0; i < num_changes; ++i) {
        // Half of the damage goes to the headers.
        const size_t range = i % 2 == 0 ? bytes.size() : std::min<size_t>(bytes.size(), 200);
        bytes[random() % range] = static_cast<std::byte>(random());
      }
      if (round % 4 == 0) bytes.resize(random() % bytes.size());
      const Result<DecodedAudio> audio = decode_bytes(bytes, {.max_duration_s = 10.0});
      (audio ? num_answered : num_refused) += 1;
      if (audio) {
        EXPECT_FALSE(audio->samples.empty());
        for (const float x : audio->samples) ASSERT_TRUE(std::isfinite(x));
      } else {
        EXPECT_NE(audio.error().code, ErrorCode::kInternal) << audio.error().message;
        EXPECT_FALSE(audio.error().message.empty());
      }
    }
  }
  const std::string on_stderr = ::testing::internal::GetCapturedStderr();
  const std::string on_stdout = ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(on_stderr, "");
  EXPECT_EQ(on_stdout, "");
  EXPECT_GT(num_refused, 50U);
  EXPECT_GT(num_answered, 50U);
}

}  // namespace
}  // namespace sermo::audio
