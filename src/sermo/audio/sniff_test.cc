#include "sermo/audio/sniff.h"

#include <gtest/gtest.h>

#include <string>

#include "sermo/base/file.h"
#include "test_paths.h"

namespace sermo::audio {
namespace {

using namespace std::string_literals;

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string clip(const std::string& name) {
  return read_text_file(testing::test_data() / "audio" / "clips" / name).value();
}

TEST(Sniff, KnowsEveryContainer) {
  const std::pair<std::string, std::pair<Container, std::string_view>> kClips[] = {
      {"clip.wav", {Container::kWav, "wav"}},
      {"short_rf64.wav", {Container::kWav, "wav"}},
      {"short_pipe_ffmpeg.wav", {Container::kWav, "wav"}},
      {"short.w64", {Container::kW64, "w64"}},
      {"short.aiff", {Container::kAiff, "aiff"}},
      {"short.au", {Container::kAu, "au"}},
      {"short.caf", {Container::kCaf, "caf"}},
      {"clip.flac", {Container::kFlac, "flac"}},
      {"clip.ogg", {Container::kOgg, "ogg"}},
      {"clip.opus", {Container::kOgg, "ogg"}},
      {"clip.mp3", {Container::kMp3, "mp3"}},
      {"clip_bare.mp3", {Container::kMp3, "mp3"}},
      {"clip_tagged.mp3", {Container::kMp3, "mp3"}},
      {"clip.aac", {Container::kAac, "aac"}},
      {"clip.m4a", {Container::kMp4, "m4a"}},
      {"clip.mp4", {Container::kMp4, "mp4"}},
      {"clip.webm", {Container::kMatroska, "webm"}},
      {"clip_vorbis.mka", {Container::kMatroska, "matroska"}},
      {"picture.png", {Container::kNone, "a PNG picture"}},
  };
  for (const auto& [name, want] : kClips) {
    const std::string content = clip(name);
    const Content got = sniff(bytes(content));
    EXPECT_EQ(got.container, want.first) << name;
    EXPECT_EQ(got.name, want.second) << name;
  }
}

TEST(Sniff, TellsMp3FromAacWithAndWithoutTagsAndJunk) {
  const std::string tag = "ID3\4\0\0\0\0\1\0"s + std::string(128, 'x');
  const std::string junk = "\0\0\xFF\xFB\0junk"s;
  const std::string mp3 = clip("clip_bare.mp3");
  const std::string aac = clip("clip.aac");
  for (const std::string& front : {""s, tag, tag + tag, junk, tag + junk}) {
    const std::string tagged_mp3 = front + mp3;
    const std::string tagged_aac = front + aac;
    const Content found_mp3 = sniff(bytes(tagged_mp3));
    const Content found_aac = sniff(bytes(tagged_aac));
    EXPECT_EQ(found_mp3.container, Container::kMp3);
    EXPECT_EQ(found_mp3.start, front.size());
    EXPECT_EQ(found_aac.container, Container::kAac);
    EXPECT_EQ(found_aac.start, front.size());
  }
  // Cut in the middle of the first frame, at the front or at the end.
  EXPECT_EQ(sniff(bytes(mp3.substr(50))).container, Container::kMp3);
  EXPECT_EQ(sniff(bytes(aac.substr(50))).container, Container::kAac);
  EXPECT_EQ(sniff(bytes(mp3.substr(0, 90))).container, Container::kMp3);
  EXPECT_EQ(sniff(bytes(aac.substr(0, 90))).container, Container::kAac);
  EXPECT_EQ(sniff(bytes(tag + clip("clip.flac"))).container, Container::kFlac);
}

TEST(Sniff, NamesWhatIsNotAudio) {
  const auto name = [](const std::string& content) {
    const Content got = sniff(bytes(content));
    EXPECT_EQ(got.container, Container::kNone) << content;
    return got.name;
  };
  EXPECT_EQ(name("Notes of Tuesday\n"), "text");
  EXPECT_EQ(name("Größe: 3 µm – ok\r\n"), "text");
  EXPECT_EQ(name("\xEF\xBB\xBFwith a byte order mark"), "text");
  EXPECT_EQ(name("\xFF\xFEN\0o\0t\0e\0s\0 \0"s), "text");
  EXPECT_EQ(name("\xFE\xFF\0N\0o\0t\0e\0s"s), "text");
  EXPECT_EQ(name("ffconcat version 1.0\nfile /etc/passwd\n"), "text");
  EXPECT_EQ(name("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n"), "text");
  EXPECT_EQ(name("v=0\no=- 0 0 IN IP4 127.0.0.1\n"), "text");
  EXPECT_EQ(name("\xFF\xD8\xFF\xE0\0\x10JFIF\0"s), "a JPEG picture");
  EXPECT_EQ(name("RIFF\x10\0\0\0WEBPVP8 "s), "a WebP picture");
  EXPECT_EQ(name("RIFF\x10\0\0\0AVI LIST"s), "an AVI video");
  EXPECT_EQ(name("PK\3\4aaaa"), "a zip archive");
  EXPECT_EQ(name("%PDF-1.7\n"), "a PDF document");
  EXPECT_EQ(name(std::string(1000, '\0')), "");
  EXPECT_EQ(name("\xFF"), "");
  EXPECT_EQ(name("\x80\x81\x82"), "");
}

TEST(Sniff, AnyPrefixIsAnswered) {
  for (const char* file : {"clip.m4a", "clip.mp3", "clip.aac", "clip.webm", "short_rf64.wav"}) {
    const std::string content = clip(file);
    for (size_t size = 0; size < 300; ++size) {
      // A copy of its own, so that the address sanitizer sees a read behind the end.
      const std::vector<char> prefix(content.begin(), content.begin() + size);
      sniff(std::as_bytes(std::span(prefix)));
    }
  }
}

TEST(Sniff, SizesOfId3Tags) {
  EXPECT_EQ(id3v2_size(bytes("ID3\4\0\0\0\0\1\0"s)), 10U + 128U);
  EXPECT_EQ(id3v2_size(bytes("ID3\4\0\x10\0\0\0\5"s)), 10U + 5U + 10U) << "with a footer";
  EXPECT_EQ(id3v2_size(bytes("ID3\4\0\0\x7F\x7F\x7F\x7F"s)), 10U + 268'435'455U);
  EXPECT_EQ(id3v2_size(bytes("ID3\4\0"s)), 0U);
  EXPECT_EQ(id3v2_size(bytes("")), 0U);
}

}  // namespace
}  // namespace sermo::audio
