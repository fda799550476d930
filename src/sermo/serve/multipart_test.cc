#include "sermo/serve/multipart.h"

#include <gtest/gtest.h>

namespace sermo::serve {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=xyz";

Result<std::vector<Part>> parse(std::string_view body, std::string_view type = kType) {
  return parse_multipart(type, std::as_bytes(std::span(body)));
}

std::string text(const Part& part) {
  return {reinterpret_cast<const char*>(part.bytes.data()), part.bytes.size()};
}

std::string part(std::string_view disposition, std::string_view bytes) {
  return "--xyz\r\nContent-Disposition: " + std::string(disposition) + "\r\n\r\n" +
         std::string(bytes) + "\r\n";
}

TEST(Multipart, PartsAreViewsOfTheBody) {
  const std::string body =
      part("form-data; name=\"file\"; filename=\"a.wav\"", "RIFF\r\n--xy\r\n") +
      part("form-data; name=model", "svm") + part("form-data; name=e", "") + "--xyz--\r\n";
  const auto parts = parse(body);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 3u);
  EXPECT_EQ((*parts)[0].name, "file");
  EXPECT_EQ((*parts)[0].filename, "a.wav");
  EXPECT_EQ(text((*parts)[0]), "RIFF\r\n--xy\r\n");
  EXPECT_EQ((*parts)[1].name, "model");
  EXPECT_FALSE((*parts)[1].filename);
  EXPECT_EQ(text((*parts)[1]), "svm");
  EXPECT_EQ(text((*parts)[2]), "");
  EXPECT_GE(reinterpret_cast<const char*>((*parts)[0].bytes.data()), body.data());
}

TEST(Multipart, EveryByteOfAPartArrives) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  bytes += "\r\n\r\n--\r\n-";
  const std::string body = part("form-data; name=file", bytes) + "--xyz--";
  EXPECT_EQ(text(parse(body)->front()), bytes);
}

TEST(Multipart, NamesAreReadAsBrowsersAndCurlWriteThem) {
  const auto name_of = [](std::string_view disposition) {
    const std::string body = part(disposition, "x") + "--xyz--";
    const auto parts = parse(body);
    return parts ? parts->front().filename.value_or("(none)") : parts.error().message;
  };
  EXPECT_EQ(name_of("form-data; name=f; filename=\"say %22hi%22.wav\""), "say \"hi\".wav");
  EXPECT_EQ(name_of("form-data; name=f; filename=\"say \\\"hi\\\".wav\""), "say \"hi\".wav");
  EXPECT_EQ(name_of("form-data; name=f; filename=a.wav; filename*=UTF-8''na%C3%AFve.wav"),
            "na\xc3\xafve.wav");
  EXPECT_EQ(name_of("form-data; name=f; filename=a.wav; filename*=latin1''x"), "a.wav");
  EXPECT_EQ(name_of("form-data; name=f; filename=\"../../etc/passwd\""), "../../etc/passwd");
}

TEST(Multipart, PreambleEpilogueAndOtherHeadersAreIgnored) {
  const std::string body =
      "hello\r\n--xyz \t\r\nContent-Type: audio/wav\r\ncontent-disposition: form-data; name=a\r\n"
      "X: y\r\n\r\n1\r\n--xyz--\r\nbye";
  const auto parts = parse(body);
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_EQ(text(parts->front()), "1");
}

TEST(Multipart, BrokenFormsAreRefused) {
  const std::string good = part("form-data; name=a", "1") + "--xyz--";
  for (size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(parse(good.substr(0, length))) << "cut at " << length;
  for (const char* body : {"--xyz\r\n\r\n1\r\n--xyz--", "--xyz\r\nA: b\r\n\r\n1\r\n--xyz--",
                           "--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xyz--",
                           "--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--xyz--",
                           "--xyzContent-Disposition: form-data; name=a\r\n\r\n1\r\n--xyz--",
                           "--other\r\n\r\n--other--"}) {
    const auto parts = parse(body);
    ASSERT_FALSE(parts) << body;
    EXPECT_EQ(parts.error().code, ErrorCode::kUsage);
  }
  for (const char* type : {"", "multipart/form-data",
                           "multipart/form-data; boundary=", "multipart/form-data; boundary=\"xyz"})
    EXPECT_FALSE(parse(good, type)) << type;
  EXPECT_FALSE(parse(good, "multipart/form-data; boundary=" + std::string(71, 'x')));
}

TEST(Multipart, HeadsAndPartsAreLimited) {
  const std::string long_head =
      part("form-data; name=" + std::string(kMaxPartHeadBytes, 'a'), "1") + "--xyz--";
  EXPECT_FALSE(parse(long_head));
  std::string many;
  for (size_t i = 0; i < kMaxParts; ++i) many += part("form-data; name=a", "1");
  EXPECT_TRUE(parse(many + "--xyz--"));
  EXPECT_FALSE(parse(many + part("form-data; name=a", "1") + "--xyz--"));
}

}  // namespace
}  // namespace sermo::serve
