#include "sermo/base/utf8.h"

#include <gtest/gtest.h>

namespace sermo {
namespace {

using Characters = std::vector<char32_t>;

TEST(Utf8, EveryCodePointComesBack) {
  Characters all;
  for (char32_t c = 0; c <= 0x10FFFF; ++c)
    if (c < 0xD800 || c > 0xDFFF) all.push_back(c);
  const std::optional<std::string> text = utf8_from_ucs4(all);
  ASSERT_TRUE(text);
  // 128 of one byte, 1,920 of two, 61,440 of three (63,488 less 2,048 surrogates), 2^20 of four.
  EXPECT_EQ(text->size(), 128U + 2 * 1920U + 3 * 61440U + 4 * 1048576U);
  EXPECT_EQ(ucs4_from_utf8(*text), all);
  EXPECT_TRUE(is_utf8(*text));
}

TEST(Utf8, KnownSequences) {
  EXPECT_EQ(ucs4_from_utf8("a\xC3\xBC\xE2\x89\xA0\xF0\x9F\x98\x80"),
            (Characters{'a', 0xFC, 0x2260, 0x1F600}));
}

TEST(Utf8, BytesThatAreNoUtf8AreEscapedAndComeBack) {
  // A lone continuation, an overlong slash, a surrogate, beyond U+10FFFF, and cut sequences.
  for (const std::string text : {"caf\xE9.wav", "\x80", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                                 "\xF4\x90\x80\x80", "\xF8\x88", "x\xE2\x89", "\xF0\x9F\x98"}) {
    const Characters characters = ucs4_from_utf8(text);
    EXPECT_EQ(utf8_from_ucs4(characters), text);
    EXPECT_FALSE(is_utf8(text));
    EXPECT_TRUE(std::any_of(characters.begin(), characters.end(), [](char32_t c) {
      return c >= 0xDC80 && c <= 0xDCFF;
    })) << printable_utf8(text);
  }
  // As Python: b"caf\xe9".decode("utf-8", "surrogateescape") == "caf\udce9".
  EXPECT_EQ(ucs4_from_utf8("caf\xE9"), (Characters{'c', 'a', 'f', 0xDCE9}));
}

TEST(Utf8, ImpossibleCodePointsAreRefused) {
  for (const char32_t c : {char32_t{0xD800}, char32_t{0xDC7F}, char32_t{0xDD00}, char32_t{0xDFFF},
                           char32_t{0x110000}, char32_t{0xFFFFFFFF}})
    EXPECT_FALSE(utf8_from_ucs4(Characters{c})) << std::hex << static_cast<unsigned>(c);
}

TEST(Utf8, PrintableReplacesWhatIsNoText) {
  EXPECT_EQ(printable_utf8("caf\xE9 f\xC3\xBCr"), "caf\xEF\xBF\xBD f\xC3\xBCr");
}

}  // namespace
}  // namespace sermo
