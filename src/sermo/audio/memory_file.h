// A read-only file in memory with a position, for libraries that read through callbacks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>

namespace sermo::audio {

class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::byte> bytes) : bytes_(bytes) {}

  int64_t size() const { return static_cast<int64_t>(bytes_.size()); }
  int64_t position() const { return position_; }

  // `whence` is SEEK_SET, SEEK_CUR or SEEK_END. The new position, which may lie behind the end as
  // in any file, or -1 where it would be negative or beyond all sense.
  int64_t seek(int64_t offset, int whence) {
    constexpr int64_t kFarthest = int64_t{1} << 60;
    const int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? position_ : size();
    if (offset < -base || offset > kFarthest - base) return -1;
    return position_ = base + offset;
  }

  // How many bytes there were, at most `count`.
  int64_t read(void* out, int64_t count) {
    count = std::min(count, size() - position_);
    if (count <= 0) return 0;
    std::memcpy(out, bytes_.data() + position_, static_cast<size_t>(count));
    position_ += count;
    return count;
  }

 private:
  std::span<const std::byte> bytes_;
  int64_t position_ = 0;
};

}  // namespace sermo::audio
