#include "sermo/audio/decoder_identity.h"

#include <gtest/gtest.h>

#include <regex>

namespace sermo::audio {
namespace {

TEST(DecoderIdentity, NamesEveryLibraryWithItsVersion) {
  EXPECT_TRUE(std::regex_match(decoder_identity(),
                               std::regex(R"(decoder-\d+ libsndfile-[\d.]+ libsoxr-[\d.]+ )"
                                          R"(libmpg123-[\d.]+( libavcodec-[\d.]+)?)")))
      << decoder_identity();
}

}  // namespace
}  // namespace sermo::audio
