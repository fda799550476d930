#include "sermo/base/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "python.h"
#include "temporary_folder.h"
#include "test_paths.h"

namespace sermo {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

fs::path fixture(const std::string& name) { return testing::test_data() / "npy" / (name + ".npy"); }

// Element i of the fixtures is i / 2 - 1.
template <typename T>
std::vector<T> ramp() {
  std::vector<T> values(12);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i) / 2 - 1;
  return values;
}

std::vector<std::string> texts() {
  return {"angry", "", "f\u00fcr \u2260 \U0001f600", "a,b \"c\""};
}

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// An array of version 1 with this header text and `num_bytes` zero bytes of elements.
std::vector<std::byte> with_header(std::string header, size_t num_bytes) {
  const auto length = static_cast<uint16_t>(header.size());
  std::string file("\x93NUMPY\x01\x00", 8);
  file.append(reinterpret_cast<const char*>(&length), 2);
  file += header;
  file.append(num_bytes, '\0');
  return bytes_of(file);
}

struct KnownFile {
  const char* name;
  NpyArray array;
};

std::vector<KnownFile> c_ordered_files() {
  return {
      {"float32_3x4", {{3, 4}, ramp<float>()}},
      {"float64_3x4", {{3, 4}, ramp<double>()}},
      {"float32_2x3x2", {{2, 3, 2}, ramp<float>()}},
      {"float32_0d", {{}, std::vector<float>{2.5f}}},
      {"float32_0x5", {{0, 5}, std::vector<float>{}}},
      {"int32_4", {{4}, std::vector<int32_t>{-1, 0, 7, 2147483647}}},
      {"int64_4", {{4}, std::vector<int64_t>{-1, 0, 7, 2147483647}}},
      {"uint8_2x3", {{2, 3}, std::vector<uint8_t>{0, 1, 127, 128, 254, 255}}},
      {"unicode_4", {{4}, texts()}},
      {"unicode_0d", {{}, std::vector<std::string>{R"({"id": "x"})"}}},
      {"unicode_0", {{0}, std::vector<std::string>{}}},
      {"unicode_escaped", {{1}, std::vector<std::string>{"caf\xE9.wav"}}},
  };
}

TEST(Npy, ReadsWhatNumpyWrites) {
  for (const KnownFile& file : c_ordered_files()) {
    const Result<NpyArray> array = read_npy(fixture(file.name));
    ASSERT_TRUE(array) << file.name << ": " << array.error().message;
    EXPECT_EQ(*array, file.array) << file.name;
  }
}

TEST(Npy, WritesWhatNumpyWritesByteForByte) {
  for (const KnownFile& file : c_ordered_files())
    EXPECT_EQ(format_npy(file.array), read_file(fixture(file.name)).value()) << file.name;
}

TEST(Npy, FortranOrderBecomesCOrder) {
  EXPECT_EQ(read_npy(fixture("fortran_float64_3x4")).value(), (NpyArray{{3, 4}, ramp<double>()}));
  EXPECT_EQ(read_npy(fixture("fortran_float32_2x3x2")).value(),
            (NpyArray{{2, 3, 2}, ramp<float>()}));
  EXPECT_EQ(read_npy(fixture("fortran_unicode_2x2")).value(), (NpyArray{{2, 2}, texts()}));
}

TEST(Npy, ReadsVersionsTwoAndThree) {
  const NpyArray wanted{{3, 4}, ramp<float>()};
  EXPECT_EQ(read_npy(fixture("version2_float32_3x4")).value(), wanted);
  EXPECT_EQ(read_npy(fixture("version3_float32_3x4")).value(), wanted);
}

TEST(Npy, OtherElementTypesAreRefusedByName) {
  const auto message = [](const char* name) {
    const Result<NpyArray> array = read_npy(fixture(name));
    EXPECT_FALSE(array) << name;
    EXPECT_EQ(array.error().code, ErrorCode::kUnsupported) << name;
    return array.error().message;
  };
  EXPECT_THAT(message("big_endian_float32_3x4"), HasSubstr("'>f4' (big-endian)"));
  EXPECT_THAT(message("objects"), HasSubstr("pickled objects"));
  EXPECT_THAT(message("structured"), HasSubstr("structured"));
  EXPECT_THAT(message("bool_2"), HasSubstr("'|b1'"));
  EXPECT_EQ(read_npy(fixture("unicode_surrogate")).error().code, ErrorCode::kCorrupt);
}

TEST(Npy, ConversionsSayWhatTheyGotAndWanted) {
  const Matrix matrix = to_matrix(read_npy(fixture("float64_3x4")).value()).value();
  EXPECT_EQ(matrix.num_rows(), 3U);
  EXPECT_EQ(matrix.num_cols(), 4U);
  EXPECT_EQ(matrix(2, 3), 4.5f);
  EXPECT_EQ(to_ints(read_npy(fixture("int64_4")).value()).value(),
            (std::vector<int32_t>{-1, 0, 7, 2147483647}));
  EXPECT_EQ(to_texts(read_npy(fixture("unicode_4")).value()).value(), texts());
  EXPECT_EQ(to_text(read_npy(fixture("unicode_0d")).value()).value(), R"({"id": "x"})");

  const auto wide = to_ints(read_npy(fixture("int64_wide")).value());
  EXPECT_EQ(wide.error().code, ErrorCode::kMismatch);
  EXPECT_THAT(wide.error().message, HasSubstr("2147483648"));
  const auto flat = to_matrix(read_npy(fixture("int32_4")).value());
  EXPECT_EQ(flat.error().message, "got int32 of shape (4,), wanted a matrix of float32 or float64");
  EXPECT_FALSE(to_text(read_npy(fixture("unicode_4")).value()));
  EXPECT_FALSE(to_texts(read_npy(fixture("unicode_0d")).value()));
  EXPECT_FALSE(to_floats(read_npy(fixture("int32_4")).value()));
}

TEST(Npy, AnyCutIsAnError) {
  for (const char* name : {"float32_3x4", "unicode_4", "version2_float32_3x4"}) {
    const std::vector<std::byte> whole = read_file(fixture(name)).value();
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(parse_npy(std::span(whole).first(size))) << name << " cut to " << size;
    std::vector<std::byte> longer = whole;
    longer.push_back(std::byte{0});
    EXPECT_EQ(parse_npy(longer).error().code, ErrorCode::kCorrupt);
  }
}

TEST(Npy, AShapeBeyondTheBytesPresentTakesNoMemory) {
  for (const char* shape :
       {"(1000000000000,)", "(4294967296, 4294967296)", "(2, 9223372036854775808)",
        "(18446744073709551615, 18446744073709551615, 18446744073709551615)",
        // 2^62 + 4 and 2^61 + 2: at 4 and 8 bytes each, 16 after wrapping round.
        "(4611686018427387908,)", "(2305843009213693954,)"}) {
    for (const char* descr : {"<f4", "<f8", "<U7", "<U0", "<U4611686018427387904"}) {
      const std::string header = std::string("{'descr': '") + descr +
                                 "', 'fortran_order': False, 'shape': " + shape + ", }\n";
      const Result<NpyArray> array = parse_npy(with_header(header, 16));
      ASSERT_FALSE(array) << header;
      EXPECT_EQ(array.error().code, ErrorCode::kCorrupt);
    }
  }
}

TEST(Npy, MalformedHeadersAreCorrupt) {
  for (const char* header : {
           "",
           "{",
           "}",
           "()",
           "{'descr': '<f4'}",
           "{'descr': '<f4', 'fortran_order': False}",
           "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,",
           "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
           "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} and more",
           "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
           "{'descr': '<U', 'fortran_order': False, 'shape': (1,)}",
           "{'descr': '<U1x', 'fortran_order': False, 'shape': (1,)}",
       }) {
    const Result<NpyArray> array = parse_npy(with_header(header, 4));
    ASSERT_FALSE(array) << header;
    EXPECT_EQ(array.error().code, ErrorCode::kCorrupt) << header;
    EXPECT_THAT(array.error().message, HasSubstr("npy: ")) << header;
  }
  EXPECT_TRUE(
      parse_npy(with_header("{ \"shape\": (1L,) , 'fortran_order':False,'descr': '<f4' }", 4)));
}

TEST(Npy, AForeignFileIsSaidToBeForeign) {
  EXPECT_EQ(parse_npy(bytes_of("RIFF....WAVE")).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse_npy({}).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse_npy(bytes_of("\x93NUMPY\x04 a version to come")).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(read_npy("/nowhere.npy").error().code, ErrorCode::kNotFound);
}

TEST(Npy, NumpyOpensWhatWeWrite) {
  SERMO_REQUIRE_PYTHON_MODULE("numpy");
  const TemporaryFolder folder;
  for (const KnownFile& file : c_ordered_files())
    ASSERT_TRUE(write_npy(folder.path() / (std::string(file.name) + ".npy"), file.array));
  const testing::PythonRun run = testing::run_python(R"(
import os, sys
import numpy as np
folder = sys.argv[1]
def load(name): return np.load(os.path.join(folder, name + '.npy'))
ramp = np.arange(12) / 2 - 1
for name in ('float32_3x4', 'float64_3x4', 'float32_2x3x2'):
    a = load(name)
    assert a.dtype.name == name.split('_')[0], a.dtype
    assert a.shape == tuple(map(int, name.split('_')[1].split('x'))), a.shape
    assert (a.ravel() == ramp).all()
assert load('float32_0d') == 2.5 and load('float32_0d').shape == ()
assert load('float32_0x5').shape == (0, 5)
for name in ('int32_4', 'int64_4'):
    assert load(name).tolist() == [-1, 0, 7, 2**31 - 1] and load(name).dtype.name == name[:5]
assert load('unicode_4').tolist() == ['angry', '', 'f\u00fcr \u2260 \U0001f600', 'a,b "c"']
assert str(load('unicode_0d')) == '{"id": "x"}'
assert os.fsencode(str(load('unicode_escaped')[0])) == b'caf\xe9.wav'
print('all opened')
)",
                                                     folder.path());
  EXPECT_EQ(run.exit_status, 0) << run.output;
  EXPECT_EQ(run.output, "all opened\n");
}

}  // namespace
}  // namespace sermo
