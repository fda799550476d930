#include "sermo/base/hash.h"

#include <gtest/gtest.h>

#include <vector>

namespace sermo {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// FIPS 180-2, appendix B.
TEST(Sha256, EqualsThePublishedVectors) {
  EXPECT_EQ(sha256_hex(bytes_of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// XXH3-128 of the empty input, seed 0, as the reference implementation documents it.
TEST(ContentHash, EqualsThePublishedVectorForNothing) {
  EXPECT_EQ(ContentHash().hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(ContentHash, ChunkingDoesNotMatterButEveryByteDoes) {
  std::vector<float> values(1000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) * 0.5f;
  const std::span<const float> all(values);
  const std::string whole = ContentHash().add(all).hex();
  EXPECT_EQ(ContentHash().add(all.first(1)).add(all.subspan(1, 600)).add(all.subspan(601)).hex(),
            whole);
  values[999] += 1.0f;
  EXPECT_NE(ContentHash().add(all).hex(), whole);
}

}  // namespace
}  // namespace sermo
