// Any bytes as .npz and as .npy: an error or arrays, and the arrays survive being written.
#include <cstddef>
#include <cstdint>
#include <span>

#include "sermo/base/check.h"
#include "sermo/base/npz.h"

namespace {

// As much as a fuzzer's process may take.
constexpr size_t kMaxBytes = size_t{64} << 20;

// Floats are compared as bytes: NaN differs from itself.
bool same(const sermo::NpyArray& a, const sermo::NpyArray& b) {
  return sermo::format_npy(a) == sermo::format_npy(b);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  if (const auto array = sermo::parse_npy(bytes)) {
    const auto again = sermo::parse_npy(sermo::format_npy(*array));
    SERMO_CHECK(again && same(*again, *array), "an array that was read can be written and read");
  }
  const auto archive = sermo::parse_npz(bytes, kMaxBytes);
  if (!archive || archive->arrays().empty()) return 0;
  const auto again = sermo::parse_npz(sermo::format_npz(archive->arrays()), kMaxBytes);
  SERMO_CHECK(again && again->arrays().size() == archive->arrays().size(),
              "an archive that was read can be written and read");
  for (size_t i = 0; i < archive->arrays().size(); ++i)
    SERMO_CHECK(same(again->arrays()[i].array, archive->arrays()[i].array), "arrays survive");
  return 0;
}
