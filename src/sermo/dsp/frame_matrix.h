// Rows of values over time: the layout in which every stage of dsp/ works.
//
// A row is a frequency bin, a mel band, a coefficient or a position within a frame; a column is a
// frame. The frames of a row lie side by side in memory, so a vector register holds the same bin of
// neighbouring frames, and any operation that treats frames alike (a butterfly, a filter bank, a
// sort over the bins of a frame) is plain vector arithmetic without a shuffle.
//
// Each row starts on a 64-byte boundary and is padded to a multiple of kFramePadding floats, so
// vectorised code runs over whole vectors up to stride(). What stands in the padding is
// unspecified, but it is always initialised memory. Thread rule: as for a std::vector.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

#include "sermo/base/check.h"

namespace sermo::dsp {

// The largest number of float lanes of any vector in use (AVX-512); 64 bytes, a cache line.
inline constexpr size_t kFramePadding = 16;

inline constexpr size_t padded_frames(size_t num_frames) {
  return (num_frames + kFramePadding - 1) / kFramePadding * kFramePadding;
}

// The most values of T that any vector in use holds.
template <typename T>
inline constexpr size_t kMaxLanes = kFramePadding * sizeof(float) / sizeof(T);

// Values on a 64-byte boundary. Growing discards the contents and gives zeros; it never shrinks.
template <typename T>
class AlignedArray {
 public:
  void reserve(size_t size) {
    if (size <= size_) return;
    values_.reset(static_cast<T*>(::operator new[](size * sizeof(T), kAlignment)));
    for (size_t i = 0; i < size; ++i) values_[i] = T{0};
    size_ = size;
  }
  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }
  size_t size() const { return size_; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Delete {
    void operator()(T* p) const { ::operator delete[](p, kAlignment); }
  };
  std::unique_ptr<T[], Delete> values_;
  size_t size_ = 0;
};

using AlignedFloats = AlignedArray<float>;

class FrameMatrix {
 public:
  FrameMatrix() = default;
  FrameMatrix(size_t num_rows, size_t num_frames) { resize(num_rows, num_frames); }

  // Gives the matrix this shape; values are unspecified afterwards. Keeps its memory where it
  // suffices, so a matrix reused from clip to clip stops allocating.
  void resize(size_t num_rows, size_t num_frames) {
    stride_ = padded_frames(num_frames);
    values_.reserve(num_rows * stride_);
    num_rows_ = num_rows;
    num_frames_ = num_frames;
  }

  size_t num_rows() const { return num_rows_; }
  size_t num_frames() const { return num_frames_; }
  size_t stride() const { return stride_; }  // floats from one row to the next, padding included
  float* data() { return values_.data(); }
  const float* data() const { return values_.data(); }
  float* row(size_t r) { return values_.data() + r * stride_; }
  const float* row(size_t r) const { return values_.data() + r * stride_; }
  float& operator()(size_t r, size_t frame) { return values_.data()[r * stride_ + frame]; }
  float operator()(size_t r, size_t frame) const { return values_.data()[r * stride_ + frame]; }
  // A row without its padding.
  std::span<const float> frames(size_t r) const { return {row(r), num_frames_}; }

 private:
  AlignedArray<float> values_;
  size_t num_rows_ = 0;
  size_t num_frames_ = 0;
  size_t stride_ = 0;
};

// A complex spectrum, real and imaginary parts apart: row k is bin k, column f frame f.
struct Spectrum {
  FrameMatrix re;
  FrameMatrix im;

  void resize(size_t num_bins, size_t num_frames) {
    re.resize(num_bins, num_frames);
    im.resize(num_bins, num_frames);
  }
  size_t num_bins() const { return re.num_rows(); }
  size_t num_frames() const { return re.num_frames(); }
};

}  // namespace sermo::dsp
