// Wav files made in memory, right and wrong ones, for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sermo::testing {

// Texts and little-endian numbers, one after the other.
class ByteString {
 public:
  ByteString& text(std::string_view value) {
    bytes_.append(value);
    return *this;
  }
  template <typename T>
  ByteString& number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
    return *this;
  }
  const std::string& string() const { return bytes_; }
  operator std::span<const std::byte>() const { return std::as_bytes(std::span(bytes_)); }

 private:
  std::string bytes_;
};

struct WavHeader {
  uint16_t format_tag = 1;  // 1 integers, 3 floats
  uint16_t num_channels = 1;
  uint32_t sample_rate_hz = 16'000;
  uint16_t bits = 16;
};

// A header that promises `data_size` bytes of samples.
inline ByteString wav_header(const WavHeader& h, uint32_t riff_size, uint32_t data_size) {
  ByteString bytes;
  const auto frame_size = static_cast<uint16_t>(h.num_channels * h.bits / 8);
  bytes.text("RIFF").number(riff_size).text("WAVEfmt ").number(uint32_t{16});
  bytes.number(h.format_tag).number(h.num_channels).number(h.sample_rate_hz);
  bytes.number(uint32_t{h.sample_rate_hz * frame_size}).number(frame_size).number(h.bits);
  return bytes.text("data").number(data_size);
}

// A whole file; `values` are interleaved.
template <typename T>
ByteString wav(const WavHeader& header, const std::vector<T>& values) {
  const auto size = static_cast<uint32_t>(values.size() * sizeof(T));
  ByteString bytes = wav_header(header, 36 + size, size);
  for (const T value : values) bytes.number(value);
  return bytes;
}

}  // namespace sermo::testing
