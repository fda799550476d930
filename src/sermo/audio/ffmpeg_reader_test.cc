// The module must read the bytes that it is given and nothing else.
#include "sermo/audio/ffmpeg_reader.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "sermo/audio/decode.h"
#include "sermo/base/file.h"
#include "temporary_folder.h"
#include "test_paths.h"

namespace sermo::audio {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

#ifdef SERMO_WITH_FFMPEG
constexpr bool kWithFfmpeg = true;
#else
constexpr bool kWithFfmpeg = false;
#endif

// Counts how often files of a folder are opened, by anyone.
class OpenWatch {
 public:
  explicit OpenWatch(const fs::path& folder) : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    EXPECT_GE(fd_, 0);
    EXPECT_GE(::inotify_add_watch(fd_, folder.c_str(), IN_OPEN | IN_ACCESS), 0);
  }
  ~OpenWatch() { ::close(fd_); }
  OpenWatch(const OpenWatch&) = delete;
  OpenWatch& operator=(const OpenWatch&) = delete;

  // Whether there was any since the last call.
  bool saw_any() {
    char buffer[4096];
    bool any = false;
    while (::read(fd_, buffer, sizeof(buffer)) > 0) any = true;
    return any;
  }

 private:
  int fd_;
};

// A server on this machine that notes whether anyone calls.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = local(0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(fd_, 8), 0);
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { ::close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }
  bool was_called() {
    const int caller = ::accept(fd_, nullptr, nullptr);
    if (caller >= 0) ::close(caller);
    return caller >= 0;
  }
  void call() const {
    const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = local(port_);
    EXPECT_EQ(::connect(caller, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::close(caller);
  }

 private:
  static sockaddr_in local(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    return address;
  }
  int fd_;
  int port_ = 0;
};

std::vector<std::byte> clip(const char* name) {
  return read_file(testing::test_data() / "audio" / "clips" / name).value();
}

SermoFfmpegResult decode_directly(std::string_view text) {
  const SermoFfmpegModule* const module = open_ffmpeg_module(ffmpeg_module_candidates()).value();
  const SermoFfmpegSink ignore = {nullptr, [](void*, const SermoFfmpegFormat*) { return 0; },
                                  [](void*, const float*, size_t) { return 0; }};
  SermoFfmpegResult result{};
  module->decode(reinterpret_cast<const uint8_t*>(text.data()), text.size(), &ignore, &result);
  return result;
}

TEST(FfmpegModule, TextsCannotMakeItOpenAnotherFileOrAddress) {
  if (!kWithFfmpeg) GTEST_SKIP() << "SKIPPED, NOT TESTED: built without the FFmpeg module";
  const TemporaryFolder bait_folder;
  const TemporaryFolder folder;
  const std::string bait = (bait_folder.path() / "bait.wav").string();
  const std::string bait_segment = (bait_folder.path() / "bait.ts").string();
  ASSERT_TRUE(write_file_atomically(bait, clip("clip.wav")));
  ASSERT_TRUE(write_file_atomically(bait_segment, clip("clip.aac")));
  Listener listener;
  const std::string url = fmt::format("http://127.0.0.1:{}/a", listener.port());
  const std::string texts[] = {
      fmt::format("ffconcat version 1.0\nfile {}\n", bait),
      fmt::format("ffconcat version 1.0\nfile '{}'\nduration 1.2\n", url),
      fmt::format("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.2,\n{}\n#EXT-X-ENDLIST\n",
                  bait_segment),
      fmt::format("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.2,\nfile://{}\n#EXT-X-ENDLIST\n",
                  bait_segment),
      fmt::format("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.2,\n{}.ts\n#EXT-X-ENDLIST\n", url),
      fmt::format("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{}.m3u8\n", url),
      fmt::format("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
                  "m=audio {} RTP/AVP 0\na=rtpmap:0 PCMU/8000\n",
                  listener.port()),
      fmt::format(
          "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\">"
          "<Period><AdaptationSet mimeType=\"audio/mp4\"><Representation id=\"0\" bandwidth=\"1\">"
          "<BaseURL>file://{}</BaseURL></Representation></AdaptationSet></Period></MPD>",
          bait),
  };
  OpenWatch watch(bait_folder.path());
  for (const std::string& text : texts) {
    SCOPED_TRACE(text);
    for (const char* name : {"a.aac", "a.m4a", "a.mp4", "a.webm"}) {
      const fs::path path = folder.path() / name;
      ASSERT_TRUE(write_file_atomically(path, text));
      EXPECT_EQ(decode_file(path).error(),
                (Error{ErrorCode::kUnsupported, path.string() + ": not audio (looks like text)"}));
    }
    // The module's own guard, without the look at the content that comes before it.
    EXPECT_EQ(decode_directly(text).status, kSermoFfmpegCorrupt);
    EXPECT_FALSE(watch.saw_any());
    EXPECT_FALSE(listener.was_called());
  }
  // Neither the watch nor the listener is blind.
  ASSERT_TRUE(read_file(bait));
  EXPECT_TRUE(watch.saw_any());
  listener.call();
  EXPECT_TRUE(listener.was_called());
}

TEST(FfmpegModule, OnlyListedContainersAreRead) {
  if (!kWithFfmpeg) GTEST_SKIP() << "SKIPPED, NOT TESTED: built without the FFmpeg module";
  for (const char* name : {"clip.wav", "clip.mp3", "clip.ogg", "clip.flac", "picture.png"}) {
    const std::vector<std::byte> bytes = clip(name);
    const SermoFfmpegResult result =
        decode_directly({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    EXPECT_EQ(result.status, kSermoFfmpegCorrupt) << name;
    EXPECT_THAT(result.message, HasSubstr("not on whitelist")) << name;
  }
}

TEST(FfmpegModule, IsLookedForBesideTheProgramOnly) {
  const std::vector<fs::path> candidates = ffmpeg_module_candidates();
  const fs::path home = fs::read_symlink("/proc/self/exe").parent_path();
  ASSERT_GE(candidates.size(), 2U);
  EXPECT_EQ(candidates[0], home / "sermo_ffmpeg.so");
  EXPECT_EQ(candidates[1], home.parent_path() / "lib" / "sermo" / "sermo_ffmpeg.so");
  for (const fs::path& path : candidates) EXPECT_TRUE(path.is_absolute()) << path;
}

TEST(FfmpegModule, WithoutItTheAnswerSaysWhatToInstall) {
  const auto failure = [](const fs::path& candidate) {
    const auto module = open_ffmpeg_module({&candidate, 1});
    EXPECT_FALSE(module);
    EXPECT_EQ(module.error().code, ErrorCode::kUnsupported);
    return module.error().message;
  };
  const TemporaryFolder folder;
  EXPECT_EQ(failure(folder.path() / "sermo_ffmpeg.so"),
            "this needs the module sermo_ffmpeg.so, which is not beside the program");
  // As when FFmpeg's libraries are missing: the system's loader refuses.
  const fs::path not_a_library = folder.path() / "sermo_ffmpeg.so";
  ASSERT_TRUE(write_file_atomically(not_a_library, "not a library"));
  EXPECT_THAT(failure(not_a_library), HasSubstr("apt install libavformat59 libavcodec59"));
}

}  // namespace
}  // namespace sermo::audio
