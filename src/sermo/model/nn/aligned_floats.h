// Floats on cache-line boundaries, which is where vector instructions like them.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace sermo::model::nn {

template <typename T>
struct CacheAlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  CacheAlignedAllocator() = default;
  template <typename U>
  CacheAlignedAllocator(const CacheAlignedAllocator<U>&) {}  // NOLINT: conversions are free

  T* allocate(size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
  }
  void deallocate(T* data, size_t) { ::operator delete(data, kAlignment); }
  bool operator==(const CacheAlignedAllocator&) const { return true; }
};

using AlignedFloats = std::vector<float, CacheAlignedAllocator<float>>;

}  // namespace sermo::model::nn
