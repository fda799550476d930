#include "sermo/base/hash.h"

#include <fmt/format.h>
#include <openssl/sha.h>
#define XXH_INLINE_ALL  // the state is a member, which needs its definition
#include <xxhash.h>

#include <array>

#include "sermo/base/check.h"
#include "sermo/base/file.h"

namespace sermo {

std::string sha256_hex(std::span<const std::byte> bytes) {
  std::array<unsigned char, 32> digest;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  SERMO_CHECK(SHA256(data, bytes.size(), digest.data()) != nullptr,
              "SHA-256 of bytes in memory cannot fail");
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

Result<std::string> sha256_hex_of_file(const std::filesystem::path& path) {
  SERMO_TRY(const std::vector<std::byte> bytes, read_file(path));
  return sha256_hex(bytes);
}

struct ContentHash::State {
  XXH3_state_t xxh3;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->xxh3);
}
ContentHash::~ContentHash() = default;
ContentHash::ContentHash(ContentHash&&) noexcept = default;
ContentHash& ContentHash::operator=(ContentHash&&) noexcept = default;

ContentHash& ContentHash::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(&state_->xxh3, bytes.data(), bytes.size());
  return *this;
}

std::string ContentHash::hex() const {
  const XXH128_hash_t digest = XXH3_128bits_digest(&state_->xxh3);
  return fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
}

}  // namespace sermo
