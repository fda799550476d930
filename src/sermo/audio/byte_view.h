// Reading numbers and marks at a position of untrusted bytes. Outside of them all reads give zero
// or false, so that a parser cannot leave its input. Thread rule: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sermo::audio {

class ByteView {
 public:
  explicit ByteView(std::span<const std::byte> bytes) : bytes_(bytes) {}

  size_t size() const { return bytes_.size(); }
  // Whether `count` bytes are there from `position` on, whatever their sum.
  bool has(size_t position, size_t count) const {
    return position <= size() && count <= size() - position;
  }
  uint8_t u8(size_t position) const {
    return has(position, 1) ? std::to_integer<uint8_t>(bytes_[position]) : uint8_t{0};
  }
  bool matches(size_t position, std::string_view mark) const {
    if (!has(position, mark.size())) return false;
    for (size_t i = 0; i < mark.size(); ++i) {
      if (u8(position + i) != static_cast<uint8_t>(mark[i])) return false;
    }
    return true;
  }

  uint64_t little_endian(size_t position, int num_bytes) const {
    uint64_t value = 0;
    for (int i = num_bytes; i-- > 0;) value = value << 8 | u8(position + static_cast<size_t>(i));
    return value;
  }
  uint64_t big_endian(size_t position, int num_bytes) const {
    uint64_t value = 0;
    for (int i = 0; i < num_bytes; ++i) value = value << 8 | u8(position + static_cast<size_t>(i));
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace sermo::audio
