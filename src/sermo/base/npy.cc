#include "sermo/base/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/base/utf8.h"

namespace sermo {
namespace {

static_assert(std::endian::native == std::endian::little,
              ".npy elements are copied as they lie in memory");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMaxDimensions = 64;    // NumPy's own limit
constexpr size_t kHeaderAlignment = 64;  // the elements begin at a multiple of this
constexpr size_t kGrowthDigits = 21;     // room NumPy leaves for the first dimension to grow

struct Header {
  std::string_view descr;
  bool fortran_order = false;
  std::vector<size_t> shape;
};

// Reads the Python literal `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  Result<Header> parse() {
    bool has_descr = false, has_order = false, has_shape = false;
    if (!take('{')) return bad("wanted '{'");
    while (!take('}')) {
      SERMO_TRY(const std::string_view key, quoted());
      if (!take(':')) return bad("wanted ':'");
      bool* seen = key == "descr"           ? &has_descr
                   : key == "fortran_order" ? &has_order
                   : key == "shape"         ? &has_shape
                                            : nullptr;
      if (seen == nullptr) return bad(fmt::format("unknown key '{}'", key));
      if (std::exchange(*seen, true)) return bad(fmt::format("'{}' is given twice", key));
      if (seen == &has_descr) {
        if (peek() == '[' || peek() == '(')
          return fail(ErrorCode::kUnsupported, "npy: structured elements are not supported");
        SERMO_TRY(header_.descr, quoted());
      } else if (seen == &has_order) {
        SERMO_TRY(header_.fortran_order, boolean());
      } else {
        SERMO_TRY(header_.shape, tuple());
      }
      if (!take(',') && peek() != '}') return bad("wanted ',' or '}'");
    }
    skip_space();
    if (!text_.empty()) return bad("text after '}'");
    if (!has_descr || !has_order || !has_shape)
      return bad("wanted the keys descr, fortran_order and shape");
    return std::move(header_);
  }

 private:
  static tl::unexpected<Error> bad(std::string_view what) {
    return fail(ErrorCode::kCorrupt, fmt::format("npy: malformed header: {}", what));
  }
  void skip_space() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n' || text_[0] == '\t'))
      text_.remove_prefix(1);
  }
  char peek() {
    skip_space();
    return text_.empty() ? '\0' : text_[0];
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    skip_space();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  Result<std::string_view> quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return bad("wanted a quoted text");
    const size_t end = text_.find(quote, 1);
    if (end == std::string_view::npos) return bad("a quoted text without its end");
    const std::string_view inside = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return inside;
  }
  Result<bool> boolean() {
    if (take_word("True")) return true;
    if (take_word("False")) return false;
    return bad("fortran_order: wanted True or False");
  }
  Result<std::vector<size_t>> tuple() {
    std::vector<size_t> shape;
    if (!take('(')) return bad("shape: wanted '('");
    while (!take(')')) {
      if (shape.size() == kMaxDimensions)
        return bad(fmt::format("shape: more than {} dimensions", kMaxDimensions));
      skip_space();
      size_t extent = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), extent);
      if (error != std::errc()) return bad("shape: wanted a size");
      text_.remove_prefix(static_cast<size_t>(end - text_.data()));
      take('L');  // Python 2 wrote long integers so
      shape.push_back(extent);
      if (!take(',') && peek() != ')') return bad("shape: wanted ',' or ')'");
    }
    return shape;
  }

  std::string_view text_;
  Header header_;
};

// The number of elements of `shape` if they take exactly `num_bytes` bytes at `element_bytes` each.
std::optional<size_t> count_elements(std::span<const size_t> shape, size_t element_bytes,
                                     size_t num_bytes) {
  size_t count = 1;
  if (std::find(shape.begin(), shape.end(), size_t{0}) != shape.end()) count = 0;
  if (count > 0 && element_bytes == 0) return std::nullopt;
  for (const size_t extent : shape) {
    if (count == 0) break;
    if (extent > num_bytes / element_bytes / count) return std::nullopt;
    count *= extent;
  }
  if (count * element_bytes != num_bytes) return std::nullopt;
  return count;
}

// The elements of a Fortran-ordered array in C order.
template <typename T>
std::vector<T> to_c_order(std::vector<T> fortran, std::span<const size_t> shape) {
  if (shape.size() < 2 || fortran.empty()) return fortran;
  std::vector<T> out;
  out.reserve(fortran.size());
  std::vector<size_t> strides(shape.size(), 1);
  for (size_t d = 1; d < shape.size(); ++d) strides[d] = strides[d - 1] * shape[d - 1];
  std::vector<size_t> index(shape.size(), 0);
  size_t offset = 0;
  while (true) {
    out.push_back(std::move(fortran[offset]));
    size_t d = shape.size();
    while (d > 0) {
      --d;
      offset += strides[d];
      if (++index[d] < shape[d]) break;
      offset -= strides[d] * shape[d];
      index[d] = 0;
      if (d == 0) return out;
    }
  }
}

template <typename T>
std::vector<T> copy_numbers(std::span<const std::byte> bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

Result<std::vector<std::string>> copy_texts(std::span<const std::byte> bytes, size_t count,
                                            size_t num_characters) {
  std::vector<std::string> texts(count);
  std::vector<char32_t> characters(num_characters);
  for (size_t i = 0; i < count; ++i) {
    std::memcpy(characters.data(), bytes.data() + i * num_characters * 4, num_characters * 4);
    size_t length = num_characters;
    while (length > 0 && characters[length - 1] == 0) --length;
    std::optional<std::string> text = utf8_from_ucs4({characters.data(), length});
    if (!text)
      return fail(ErrorCode::kCorrupt, fmt::format("npy: element {} is not Unicode text", i));
    texts[i] = std::move(*text);
  }
  return texts;
}

template <typename T>
constexpr std::string_view kTypeName = "";
template <>
constexpr std::string_view kTypeName<float> = "float32";
template <>
constexpr std::string_view kTypeName<double> = "float64";
template <>
constexpr std::string_view kTypeName<int32_t> = "int32";
template <>
constexpr std::string_view kTypeName<int64_t> = "int64";
template <>
constexpr std::string_view kTypeName<uint8_t> = "uint8";
template <>
constexpr std::string_view kTypeName<std::string> = "unicode";

template <typename T>
constexpr std::string_view kDescr = "";
template <>
constexpr std::string_view kDescr<float> = "<f4";
template <>
constexpr std::string_view kDescr<double> = "<f8";
template <>
constexpr std::string_view kDescr<int32_t> = "<i4";
template <>
constexpr std::string_view kDescr<int64_t> = "<i8";
template <>
constexpr std::string_view kDescr<uint8_t> = "|u1";

template <typename T>
Result<NpyArray> parse_numbers(Header header, std::span<const std::byte> bytes) {
  if (!count_elements(header.shape, sizeof(T), bytes.size()))
    return fail(ErrorCode::kCorrupt,
                fmt::format("npy: {} bytes of elements, wanted {} of shape {}", bytes.size(),
                            kTypeName<T>, shape_text(header.shape)));
  std::vector<T> values = copy_numbers<T>(bytes);
  if (header.fortran_order) values = to_c_order(std::move(values), header.shape);
  return NpyArray{std::move(header.shape), std::move(values)};
}

Result<NpyArray> parse_texts(Header header, std::span<const std::byte> bytes) {
  const std::string_view digits = header.descr.substr(2);
  size_t num_characters = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), num_characters);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return fail(ErrorCode::kCorrupt,
                fmt::format("npy: malformed header: descr '{}'", header.descr));
  const bool fits = num_characters <= std::numeric_limits<size_t>::max() / 4;
  const std::optional<size_t> count =
      fits ? count_elements(header.shape, num_characters * 4, bytes.size()) : std::nullopt;
  if (!count)
    return fail(ErrorCode::kCorrupt,
                fmt::format("npy: {} bytes of elements, wanted {} of shape {}", bytes.size(),
                            header.descr, shape_text(header.shape)));
  SERMO_TRY(std::vector<std::string> texts,
            copy_texts(bytes, *count, *count == 0 ? 0 : num_characters));
  if (header.fortran_order) texts = to_c_order(std::move(texts), header.shape);
  return NpyArray{std::move(header.shape), std::move(texts)};
}

tl::unexpected<Error> mismatch(const NpyArray& array, std::string_view wanted) {
  const std::string_view got = std::visit(
      [](const auto& values) {
        return kTypeName<typename std::decay_t<decltype(values)>::value_type>;
      },
      array.values);
  return fail(ErrorCode::kMismatch,
              fmt::format("got {} of shape {}, wanted {}", got, shape_text(array.shape), wanted));
}

void append(std::vector<std::byte>& out, const void* data, size_t size) {
  if (size == 0) return;
  const auto* bytes = static_cast<const std::byte*>(data);
  out.insert(out.end(), bytes, bytes + size);
}

void append_header(std::vector<std::byte>& out, std::string_view descr,
                   std::span<const size_t> shape) {
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr,
                                 shape_text(shape));
  if (!shape.empty()) text.append(kGrowthDigits - fmt::format("{}", shape[0]).size(), ' ');
  const size_t prefix = kMagic.size() + 2 + 2;
  const size_t unpadded = prefix + text.size() + 1;
  // NumPy pads by a whole alignment where none is needed.
  text.append(kHeaderAlignment - unpadded % kHeaderAlignment, ' ');
  text += '\n';
  SERMO_CHECK(text.size() <= std::numeric_limits<uint16_t>::max(), "the header fits version 1");
  const auto length = static_cast<uint16_t>(text.size());
  append(out, kMagic.data(), kMagic.size());
  append(out, "\x01\x00", 2);
  append(out, &length, sizeof length);
  append(out, text.data(), text.size());
}

template <typename T>
void append_values(std::vector<std::byte>& out, std::span<const size_t> shape,
                   const std::vector<T>& values) {
  out.reserve(values.size() * sizeof(T) + 256);
  append_header(out, kDescr<T>, shape);
  append(out, values.data(), values.size() * sizeof(T));
}

void append_values(std::vector<std::byte>& out, std::span<const size_t> shape,
                   const std::vector<std::string>& texts) {
  std::vector<std::vector<char32_t>> characters;
  characters.reserve(texts.size());
  size_t longest = 1;  // NumPy has no text arrays narrower than one character
  for (const std::string& text : texts) {
    characters.push_back(ucs4_from_utf8(text));
    longest = std::max(longest, characters.back().size());
  }
  append_header(out, fmt::format("<U{}", longest), shape);
  const size_t start = out.size();
  out.resize(start + texts.size() * longest * 4);
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!characters[i].empty())
      std::memcpy(out.data() + start + i * longest * 4, characters[i].data(),
                  characters[i].size() * 4);
  }
}

}  // namespace

NpyArray NpyArray::from_matrix(MatrixView matrix) {
  const size_t count = matrix.num_rows() * matrix.num_cols();
  return {{matrix.num_rows(), matrix.num_cols()},
          std::vector<float>(matrix.data(), matrix.data() + count)};
}
NpyArray NpyArray::from_floats(std::vector<float> values) {
  return {{values.size()}, std::move(values)};
}
NpyArray NpyArray::from_bytes(std::vector<uint8_t> values, size_t num_rows, size_t num_cols) {
  return {{num_rows, num_cols}, std::move(values)};
}
NpyArray NpyArray::from_ints(std::vector<int32_t> values) {
  return {{values.size()}, std::move(values)};
}
NpyArray NpyArray::from_texts(std::vector<std::string> values) {
  return {{values.size()}, std::move(values)};
}
NpyArray NpyArray::from_text(std::string value) {
  return {{}, std::vector<std::string>{std::move(value)}};
}

std::string shape_text(std::span<const size_t> shape) {
  return shape.size() == 1 ? fmt::format("({},)", shape[0])
                           : fmt::format("({})", fmt::join(shape, ", "));
}

Result<std::vector<float>> to_floats(const NpyArray& array) {
  if (const auto* floats = std::get_if<std::vector<float>>(&array.values)) return *floats;
  const auto* doubles = std::get_if<std::vector<double>>(&array.values);
  if (doubles == nullptr) return mismatch(array, "float32 or float64");
  std::vector<float> floats(doubles->size());
  std::transform(doubles->begin(), doubles->end(), floats.begin(),
                 [](double value) { return static_cast<float>(value); });
  return floats;
}

Result<Matrix> to_matrix(const NpyArray& array) {
  if (array.shape.size() != 2) return mismatch(array, "a matrix of float32 or float64");
  SERMO_TRY(std::vector<float> values, to_floats(array));
  return Matrix(std::move(values), array.shape[0], array.shape[1]);
}

Result<std::vector<int32_t>> to_ints(const NpyArray& array) {
  if (array.shape.size() == 1) {
    if (const auto* ints = std::get_if<std::vector<int32_t>>(&array.values)) return *ints;
    if (const auto* longs = std::get_if<std::vector<int64_t>>(&array.values)) {
      std::vector<int32_t> ints(longs->size());
      for (size_t i = 0; i < ints.size(); ++i) {
        ints[i] = static_cast<int32_t>((*longs)[i]);
        if (ints[i] != (*longs)[i])
          return fail(ErrorCode::kMismatch,
                      fmt::format("element {} is {}, wanted a 32-bit integer", i, (*longs)[i]));
      }
      return ints;
    }
  }
  return mismatch(array, "a vector of int32 or int64");
}

Result<std::vector<std::string>> to_texts(const NpyArray& array) {
  const auto* texts = std::get_if<std::vector<std::string>>(&array.values);
  if (texts == nullptr || array.shape.size() != 1) return mismatch(array, "a vector of unicode");
  return *texts;
}

Result<std::string> to_text(const NpyArray& array) {
  const auto* texts = std::get_if<std::vector<std::string>>(&array.values);
  if (texts == nullptr || !array.shape.empty()) return mismatch(array, "unicode of shape ()");
  return texts->front();
}

Result<NpyArray> parse_npy(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic))
    return fail(ErrorCode::kUnsupported, "not an .npy array (its first bytes are other)");
  if (text.size() < kMagic.size() + 4) return fail(ErrorCode::kCorrupt, "npy: header cut off");
  const int version = static_cast<unsigned char>(text[kMagic.size()]);
  if (version < 1 || version > 3)
    return fail(ErrorCode::kUnsupported, fmt::format("npy: version {}, wanted 1 to 3", version));
  const size_t length_bytes = version == 1 ? 2 : 4;
  const size_t prefix = kMagic.size() + 2 + length_bytes;
  if (text.size() < prefix) return fail(ErrorCode::kCorrupt, "npy: header cut off");
  uint32_t header_length = 0;
  std::memcpy(&header_length, text.data() + kMagic.size() + 2, length_bytes);
  if (header_length > text.size() - prefix)
    return fail(ErrorCode::kCorrupt,
                fmt::format("npy: {} bytes, wanted a header of {}", text.size(), header_length));
  SERMO_TRY(Header header, HeaderParser(text.substr(prefix, header_length)).parse());
  const std::span<const std::byte> elements = bytes.subspan(prefix + header_length);
  const std::string_view descr = header.descr;
  if (descr == kDescr<float>) return parse_numbers<float>(std::move(header), elements);
  if (descr == kDescr<double>) return parse_numbers<double>(std::move(header), elements);
  if (descr == kDescr<int32_t>) return parse_numbers<int32_t>(std::move(header), elements);
  if (descr == kDescr<int64_t>) return parse_numbers<int64_t>(std::move(header), elements);
  if (descr == kDescr<uint8_t>) return parse_numbers<uint8_t>(std::move(header), elements);
  if (descr.starts_with("<U")) return parse_texts(std::move(header), elements);
  return fail(
      ErrorCode::kUnsupported,
      fmt::format("npy: elements of type '{}'{}, wanted <f4, <f8, <i4, <i8, |u1 or <U", descr,
                  descr.starts_with('>')    ? " (big-endian)"
                  : descr.starts_with("|O") ? " (pickled objects)"
                                            : ""));
}

std::vector<std::byte> format_npy(const NpyArray& array) {
  size_t count = 1;
  for (const size_t extent : array.shape) count *= extent;
  std::vector<std::byte> out;
  std::visit(
      [&](const auto& values) {
        SERMO_CHECK(values.size() == count, "an array holds as many values as its shape says");
        append_values(out, array.shape, values);
      },
      array.values);
  return out;
}

Result<NpyArray> read_npy(const std::filesystem::path& path, size_t max_bytes) {
  SERMO_TRY(const std::vector<std::byte> bytes, read_file(path, max_bytes));
  Result<NpyArray> array = parse_npy(bytes);
  if (!array) return fail(std::move(array.error()).in(path.string()));
  return array;
}

Result<void> write_npy(const std::filesystem::path& path, const NpyArray& array) {
  return write_file_atomically(path, format_npy(array));
}

}  // namespace sermo
