// NumPy's .npz archives: named .npy arrays in a zip file.
//
// Reads what numpy.savez and numpy.savez_compressed write (stored and deflated entries, zip64
// headers); writes what numpy.load opens. The bytes written depend on the arrays alone (fixed
// timestamps), so equal content gives equal files with one zlib.
//
// Failures: kUnsupported (not a zip file, encrypted entries, other compression, an entry that is no
// .npy), kCorrupt (damaged archive, wrong checksum, two arrays of one name), kTooLarge (more than
// `max_bytes` before or after decompression; the limit holds for all arrays together), those of
// npy.h. An archive without arrays is kCorrupt. No entry takes more memory than deflate could have
// packed into its bytes. Thread rule: pure functions but for the file system.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/npy.h"

namespace sermo {

struct NamedArray {
  std::string name;  // "X", without the ".npy" of its entry
  NpyArray array;
};

class NpzArchive {
 public:
  explicit NpzArchive(std::vector<NamedArray> arrays) : arrays_(std::move(arrays)) {}

  std::span<const NamedArray> arrays() const { return arrays_; }  // in file order
  bool has(std::string_view name) const;
  // kMismatch, naming what the archive holds, when there is no such array. The pointer lives as
  // long as the archive.
  Result<const NpyArray*> find(std::string_view name) const;

 private:
  std::vector<NamedArray> arrays_;
};

enum class NpzCompression { kStored, kDeflated };

Result<NpzArchive> parse_npz(std::span<const std::byte> bytes,
                             size_t max_bytes = kDefaultMaxFileBytes);
Result<NpzArchive> read_npz(const std::filesystem::path& path,
                            size_t max_bytes = kDefaultMaxFileBytes);

std::vector<std::byte> format_npz(std::span<const NamedArray> arrays,
                                  NpzCompression compression = NpzCompression::kDeflated);
Result<void> write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays,
                       NpzCompression compression = NpzCompression::kDeflated);

}  // namespace sermo
