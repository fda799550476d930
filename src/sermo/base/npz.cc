#include "sermo/base/npz.h"

#include <fmt/format.h>
#include <unzip.h>
#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>

#include "sermo/base/check.h"
#include "sermo/base/utf8.h"

namespace sermo {
namespace {

constexpr std::string_view kEntrySuffix = ".npy";
constexpr size_t kMaxEntryNameBytes = 4096;
constexpr size_t kChunkBytes = size_t{1} << 24;
// Deflate packs at most 258 bytes into 2 bits; the bound leaves room for the block's head.
constexpr size_t kMaxDeflateRatio = 1032;

// The memory that minizip reads from or writes to, in place of a file.
struct MemoryFile {
  std::span<const std::byte> input;
  std::vector<std::byte> output;
  bool writing = false;
  size_t position = 0;
  bool cut_short = false;  // whether the last read wanted more than there was

  size_t size() const { return writing ? output.size() : input.size(); }
};

MemoryFile& file_of(voidpf opaque) { return *static_cast<MemoryFile*>(opaque); }

voidpf open_memory(voidpf opaque, const void*, int) {
  file_of(opaque).position = 0;
  return opaque;
}

uLong read_memory(voidpf opaque, voidpf, void* to, uLong size) {
  MemoryFile& file = file_of(opaque);
  const size_t available = file.size() - std::min(file.position, file.size());
  const size_t count = std::min<size_t>(size, available);
  const std::byte* from = file.writing ? file.output.data() : file.input.data();
  if (count > 0) std::memcpy(to, from + file.position, count);
  file.position += count;
  file.cut_short = count < size;
  return static_cast<uLong>(count);
}

uLong write_memory(voidpf opaque, voidpf, const void* from, uLong size) {
  MemoryFile& file = file_of(opaque);
  if (!file.writing) return 0;
  if (file.output.size() < file.position + size) file.output.resize(file.position + size);
  if (size > 0) std::memcpy(file.output.data() + file.position, from, size);
  file.position += size;
  return size;
}

ZPOS64_T tell_memory(voidpf opaque, voidpf) { return file_of(opaque).position; }

long seek_memory(voidpf opaque, voidpf, ZPOS64_T offset, int origin) {
  MemoryFile& file = file_of(opaque);
  const size_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? file.position
                      : origin == ZLIB_FILEFUNC_SEEK_END ? file.size()
                                                         : 0;
  // The sum wraps, and so refuses, where an offset from a damaged file is huge.
  const size_t target = base + static_cast<size_t>(offset);
  if (target > file.size()) return -1;
  file.position = target;
  return 0;
}

int close_memory(voidpf, voidpf) { return 0; }
// minizip takes an end of file without an error for a zero.
int error_of_memory(voidpf opaque, voidpf) { return file_of(opaque).cut_short ? 1 : 0; }

zlib_filefunc64_def memory_functions(MemoryFile& file) {
  zlib_filefunc64_def functions{};
  functions.zopen64_file = open_memory;
  functions.zread_file = read_memory;
  functions.zwrite_file = write_memory;
  functions.ztell64_file = tell_memory;
  functions.zseek64_file = seek_memory;
  functions.zclose_file = close_memory;
  functions.zerror_file = error_of_memory;
  functions.opaque = &file;
  return functions;
}

struct CloseUnzip {
  void operator()(void* archive) const { unzClose(archive); }
};
using UnzipHandle = std::unique_ptr<void, CloseUnzip>;

// The entry that `archive` stands at, decompressed and checked. `budget` is what may still be
// decompressed.
Result<std::vector<std::byte>> read_entry(unzFile archive, const unz_file_info64& info,
                                          size_t archive_bytes, size_t budget) {
  if ((info.flag & 1U) != 0) return fail(ErrorCode::kUnsupported, "npz: encrypted entry");
  const bool stored = info.compression_method == 0;
  if (!stored && info.compression_method != Z_DEFLATED)
    return fail(ErrorCode::kUnsupported,
                fmt::format("npz: compression method {}, wanted 0 (stored) or 8 (deflated)",
                            info.compression_method));
  if (info.compressed_size > archive_bytes ||
      (stored ? info.uncompressed_size != info.compressed_size
              : info.uncompressed_size / kMaxDeflateRatio > info.compressed_size))
    return fail(ErrorCode::kCorrupt,
                fmt::format("npz: claims {} bytes packed into {}, in a file of {}",
                            info.uncompressed_size, info.compressed_size, archive_bytes));
  if (info.uncompressed_size > budget)
    return fail(ErrorCode::kTooLarge, fmt::format("npz: {} bytes of arrays, wanted at most {} more",
                                                  info.uncompressed_size, budget));
  if (unzOpenCurrentFile(archive) != UNZ_OK)
    return fail(ErrorCode::kCorrupt, "npz: damaged entry header");
  std::vector<std::byte> bytes(static_cast<size_t>(info.uncompressed_size));
  size_t num_read = 0;
  while (num_read < bytes.size()) {
    const size_t wanted = std::min(bytes.size() - num_read, kChunkBytes);
    const int got =
        unzReadCurrentFile(archive, bytes.data() + num_read, static_cast<unsigned>(wanted));
    if (got <= 0) break;
    num_read += static_cast<size_t>(got);
  }
  const int closed = unzCloseCurrentFile(archive);
  if (num_read != bytes.size())
    return fail(ErrorCode::kCorrupt,
                fmt::format("npz: {} bytes decompressed, wanted {}", num_read, bytes.size()));
  if (closed == UNZ_CRCERROR) return fail(ErrorCode::kCorrupt, "npz: wrong checksum");
  if (closed != UNZ_OK) return fail(ErrorCode::kCorrupt, "npz: damaged entry");
  return bytes;
}

std::string quoted_names(std::span<const NamedArray> arrays) {
  std::string names;
  for (const NamedArray& named : arrays) names += (names.empty() ? "" : ", ") + named.name;
  return names;
}

}  // namespace

bool NpzArchive::has(std::string_view name) const {
  return std::any_of(arrays_.begin(), arrays_.end(),
                     [&](const NamedArray& named) { return named.name == name; });
}

Result<const NpyArray*> NpzArchive::find(std::string_view name) const {
  for (const NamedArray& named : arrays_)
    if (named.name == name) return &named.array;
  return fail(ErrorCode::kMismatch,
              fmt::format("no array '{}' (found: {})", name, quoted_names(arrays_)));
}

Result<NpzArchive> parse_npz(std::span<const std::byte> bytes, size_t max_bytes) {
  MemoryFile file;
  file.input = bytes;
  zlib_filefunc64_def functions = memory_functions(file);
  const UnzipHandle archive(unzOpen2_64("", &functions));
  if (!archive) {
    const bool zip = bytes.size() >= 2 && bytes[0] == std::byte{'P'} && bytes[1] == std::byte{'K'};
    return zip ? fail(ErrorCode::kCorrupt, "npz: zip archive without its directory (cut off?)")
               : fail(ErrorCode::kUnsupported, "not an .npz archive (its first bytes are other)");
  }
  unz_global_info64 global{};
  if (unzGetGlobalInfo64(archive.get(), &global) != UNZ_OK)
    return fail(ErrorCode::kCorrupt, "npz: damaged directory");

  std::vector<NamedArray> arrays;
  std::set<std::string> names;
  size_t budget = max_bytes;
  for (ZPOS64_T i = 0; i < global.number_entry; ++i) {
    const int at = i == 0 ? unzGoToFirstFile(archive.get()) : unzGoToNextFile(archive.get());
    unz_file_info64 info{};
    std::string entry(kMaxEntryNameBytes, '\0');
    if (at != UNZ_OK ||
        unzGetCurrentFileInfo64(archive.get(), &info, entry.data(), kMaxEntryNameBytes - 1, nullptr,
                                0, nullptr, 0) != UNZ_OK)
      return fail(ErrorCode::kCorrupt,
                  fmt::format("npz: damaged directory (entry {} of {})", i, global.number_entry));
    entry.resize(std::min<size_t>(info.size_filename, kMaxEntryNameBytes - 1));
    if (!entry.ends_with(kEntrySuffix))
      return fail(ErrorCode::kUnsupported,
                  fmt::format("npz: entry '{}' is no .npy array", printable_utf8(entry)));
    std::string name = entry.substr(0, entry.size() - kEntrySuffix.size());
    if (!names.insert(name).second)
      return fail(ErrorCode::kCorrupt,
                  fmt::format("npz: two arrays named '{}'", printable_utf8(name)));
    Result<std::vector<std::byte>> npy = read_entry(archive.get(), info, bytes.size(), budget);
    if (!npy) return fail(std::move(npy.error()).in(printable_utf8(entry)));
    budget -= npy->size();
    Result<NpyArray> array = parse_npy(*npy);
    if (!array) return fail(std::move(array.error()).in(printable_utf8(entry)));
    arrays.push_back({std::move(name), std::move(*array)});
  }
  return NpzArchive(std::move(arrays));
}

Result<NpzArchive> read_npz(const std::filesystem::path& path, size_t max_bytes) {
  SERMO_TRY(const std::vector<std::byte> bytes, read_file(path, max_bytes));
  Result<NpzArchive> archive = parse_npz(bytes, max_bytes);
  if (!archive) return fail(std::move(archive.error()).in(path.string()));
  return archive;
}

std::vector<std::byte> format_npz(std::span<const NamedArray> arrays, NpzCompression compression) {
  MemoryFile file;
  file.writing = true;
  zlib_filefunc64_def functions = memory_functions(file);
  zipFile archive = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
  SERMO_CHECK(archive != nullptr, "a zip archive in memory opens");
  zip_fileinfo info{};
  info.tmz_date.tm_year = 1980;  // the earliest time that zip can tell, as NumPy's
  info.tmz_date.tm_mday = 1;
  for (const NamedArray& named : arrays) {
    const std::vector<std::byte> npy = format_npy(named.array);
    const std::string entry = named.name + std::string(kEntrySuffix);
    const bool deflated = compression == NpzCompression::kDeflated;
    const int zip64 = npy.size() >= 0xFFFFFFFFU ? 1 : 0;
    int status = zipOpenNewFileInZip64(archive, entry.c_str(), &info, nullptr, 0, nullptr, 0,
                                       nullptr, deflated ? Z_DEFLATED : 0,
                                       deflated ? Z_DEFAULT_COMPRESSION : 0, zip64);
    for (size_t done = 0; status == ZIP_OK && done < npy.size();) {
      const size_t size = std::min(npy.size() - done, kChunkBytes);
      status = zipWriteInFileInZip(archive, npy.data() + done, static_cast<unsigned>(size));
      done += size;
    }
    if (status == ZIP_OK) status = zipCloseFileInZip(archive);
    SERMO_CHECK(status == ZIP_OK, "writing a zip archive to memory cannot fail");
  }
  SERMO_CHECK(zipClose(archive, nullptr) == ZIP_OK, "a zip archive in memory closes");
  return std::move(file.output);
}

Result<void> write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays,
                       NpzCompression compression) {
  return write_file_atomically(path, format_npz(arrays, compression));
}

}  // namespace sermo
