// NumPy's .npy arrays, in memory and in files.
//
// Reads format versions 1 to 3 of `<f4 <f8 <i4 <i8 |u1 <U*` arrays of any shape, 0-d included;
// Fortran order is put into C order. Writes what numpy.save writes for a C-ordered array, byte for
// byte (checked with NumPy 2.4). Text is UTF-8 here and UCS-4 there; bytes that are no UTF-8 become
// the code points U+DC80 to U+DCFF and come back as they were, as Python's os.fsdecode and
// os.fsencode do, so that any file name survives. As in NumPy, NULs at the end of a text are not
// kept.
//
// Failures: kCorrupt (malformed header, fewer or more bytes than the shape says, impossible code
// points), kUnsupported (big-endian, other element types, pickled objects), those of file.h. The
// shape is checked against the bytes present before memory is taken. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sermo/base/file.h"
#include "sermo/base/matrix.h"
#include "sermo/base/result.h"

namespace sermo {

// An array of one of six element types, elements in C order. A 0-d array has an empty shape and
// one element.
struct NpyArray {
  using Values = std::variant<std::vector<float>, std::vector<double>, std::vector<int32_t>,
                              std::vector<int64_t>, std::vector<uint8_t>, std::vector<std::string>>;
  std::vector<size_t> shape;
  Values values;

  static NpyArray from_matrix(MatrixView matrix);          // float32 [N, D]
  static NpyArray from_floats(std::vector<float> values);  // float32 [N]
  // uint8 [rows, cols]; as many values as that.
  static NpyArray from_bytes(std::vector<uint8_t> values, size_t num_rows, size_t num_cols);
  static NpyArray from_ints(std::vector<int32_t> values);       // int32 [N]
  static NpyArray from_texts(std::vector<std::string> values);  // unicode [N]
  static NpyArray from_text(std::string value);                 // unicode, 0-d

  bool operator==(const NpyArray&) const = default;
};

// "(1440, 110)", as Python writes it.
std::string shape_text(std::span<const size_t> shape);

// The array as what the caller needs, or kMismatch with got and wanted. float64 is rounded to
// float32, int64 must fit into int32.
Result<Matrix> to_matrix(const NpyArray& array);                   // 2-d float32, float64
Result<std::vector<float>> to_floats(const NpyArray& array);       // any shape, flat
Result<std::vector<int32_t>> to_ints(const NpyArray& array);       // 1-d int32, int64
Result<std::vector<std::string>> to_texts(const NpyArray& array);  // 1-d unicode
Result<std::string> to_text(const NpyArray& array);                // 0-d unicode

Result<NpyArray> parse_npy(std::span<const std::byte> bytes);
std::vector<std::byte> format_npy(const NpyArray& array);

Result<NpyArray> read_npy(const std::filesystem::path& path,
                          size_t max_bytes = kDefaultMaxFileBytes);
Result<void> write_npy(const std::filesystem::path& path, const NpyArray& array);

}  // namespace sermo
