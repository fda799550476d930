#include "sermo/base/npz.h"

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

fs::path fixture(const std::string& name) { return testing::test_data() / "npy" / name; }

std::vector<NamedArray> known_arrays() {
  std::vector<float> ramp(12);
  for (size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<float>(i) / 2 - 1;
  return {{"X", {{3, 4}, ramp}},
          {"y", NpyArray::from_texts({"angry", "", "f\u00fcr \u2260 \U0001f600", "a,b \"c\""})},
          {"speakers", NpyArray::from_ints({1, -1, 24})},
          {"schema", NpyArray::from_text(R"({"id": "x"})")}};
}

void expect_known_arrays(const Result<NpzArchive>& archive) {
  ASSERT_TRUE(archive) << archive.error().message;
  const std::vector<NamedArray> wanted = known_arrays();
  ASSERT_EQ(archive->arrays().size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(archive->arrays()[i].name, wanted[i].name);
    EXPECT_EQ(archive->arrays()[i].array, wanted[i].array) << wanted[i].name;
  }
}

// Replaces every occurrence: an entry's fields stand in its local header and in the directory.
std::vector<std::byte> replaced(std::vector<std::byte> bytes, std::string_view from,
                                std::string_view to) {
  SERMO_CHECK(from.size() == to.size(), "lengths stay");
  size_t num_replaced = 0;
  for (size_t i = 0; i + from.size() <= bytes.size(); ++i) {
    if (std::memcmp(bytes.data() + i, from.data(), from.size()) != 0) continue;
    std::memcpy(bytes.data() + i, to.data(), to.size());
    ++num_replaced;
  }
  EXPECT_GT(num_replaced, 0U);
  return bytes;
}

TEST(Npz, ReadsWhatNumpyWrites) {
  expect_known_arrays(read_npz(fixture("stored.npz")));
  expect_known_arrays(read_npz(fixture("deflated.npz")));
}

TEST(Npz, ReadsWhatItWrites) {
  for (const NpzCompression compression : {NpzCompression::kStored, NpzCompression::kDeflated})
    expect_known_arrays(parse_npz(format_npz(known_arrays(), compression)));
}

TEST(Npz, TheBytesDependOnTheContentAlone) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_npz(folder.path() / "a.npz", known_arrays()));
  ASSERT_TRUE(write_npz(folder.path() / "b.npz", known_arrays()));
  EXPECT_EQ(read_file(folder.path() / "a.npz").value(), read_file(folder.path() / "b.npz").value());
}

TEST(Npz, FindNamesWhatThereIs) {
  const NpzArchive archive = read_npz(fixture("stored.npz")).value();
  EXPECT_TRUE(archive.has("y"));
  EXPECT_FALSE(archive.has("Y"));
  EXPECT_EQ(archive.find("speakers").value()->shape, std::vector<size_t>{3});
  const auto missing = archive.find("paths");
  EXPECT_EQ(missing.error().code, ErrorCode::kMismatch);
  EXPECT_EQ(missing.error().message, "no array 'paths' (found: X, y, speakers, schema)");
}

TEST(Npz, AnyCutIsAnErrorAndAFlippedByteIsNoticed) {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const std::vector<std::byte> whole = read_file(fixture(name)).value();
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(parse_npz(std::span(whole).first(size))) << name << " cut to " << size;
  }
  // A byte of an element of X: only the checksum can tell.
  std::vector<std::byte> flipped = read_file(fixture("stored.npz")).value();
  const std::string_view text(reinterpret_cast<const char*>(flipped.data()), flipped.size());
  const size_t elements = text.find('\n') + 1;
  flipped[elements + 5] ^= std::byte{1};
  const Result<NpzArchive> archive = parse_npz(flipped);
  ASSERT_FALSE(archive);
  EXPECT_EQ(archive.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(archive.error().message, "X.npy: npz: wrong checksum");
}

TEST(Npz, BombsAreBounded) {
  // 4 MB of zeros in about 4 kB: an honest archive, refused where the caller allows less.
  ASSERT_TRUE(read_npz(fixture("zeros.npz")));
  const auto bytes = read_file(fixture("zeros.npz")).value();
  ASSERT_LT(bytes.size(), 10000U);
  EXPECT_EQ(parse_npz(bytes, 1000000).error().code, ErrorCode::kTooLarge);

  // The same archive, claiming 2 GB and more: no deflate stream of that size holds so much.
  const uint32_t honest = 4000128, claimed = 0x7FFFFF00;
  const auto as_text = [](const uint32_t& size) {
    return std::string_view(reinterpret_cast<const char*>(&size), sizeof size);
  };
  const Result<NpzArchive> bomb = parse_npz(replaced(bytes, as_text(honest), as_text(claimed)));
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(bomb.error().message, HasSubstr("claims 2147483392 bytes"));
}

TEST(Npz, ForeignContentIsRefusedByName) {
  const std::vector<std::byte> npy = read_file(fixture("float32_3x4.npy")).value();
  EXPECT_EQ(parse_npz(npy).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse_npz({}).error().code, ErrorCode::kUnsupported);
  const std::vector<std::byte> whole = format_npz(known_arrays(), NpzCompression::kStored);
  const Result<NpzArchive> other = parse_npz(replaced(whole, "y.npy", "y.txt"));
  EXPECT_EQ(other.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(other.error().message, HasSubstr("'y.txt'"));
  const Result<NpzArchive> twice = parse_npz(replaced(whole, "y.npy", "X.npy"));
  EXPECT_EQ(twice.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(twice.error().message, HasSubstr("two arrays named 'X'"));
  EXPECT_EQ(read_npz("/nowhere.npz").error().code, ErrorCode::kNotFound);
}

TEST(Npz, NumpyOpensWhatWeWrite) {
  SERMO_REQUIRE_PYTHON_MODULE("numpy");
  const TemporaryFolder folder;
  ASSERT_TRUE(write_npz(folder.path() / "stored.npz", known_arrays(), NpzCompression::kStored));
  ASSERT_TRUE(write_npz(folder.path() / "deflated.npz", known_arrays(), NpzCompression::kDeflated));
  const testing::PythonRun run = testing::run_python(R"(
import os, sys, zipfile
import numpy as np
for name, method in ('stored', zipfile.ZIP_STORED), ('deflated', zipfile.ZIP_DEFLATED):
    path = os.path.join(sys.argv[1], name + '.npz')
    assert zipfile.ZipFile(path).testzip() is None
    for info in zipfile.ZipFile(path).infolist():
        assert info.compress_type == method and info.date_time == (1980, 1, 1, 0, 0, 0), info
    npz = np.load(path, allow_pickle=False)
    assert npz.files == ['X', 'y', 'speakers', 'schema'], npz.files
    assert npz['X'].dtype == '<f4' and npz['X'].shape == (3, 4)
    assert (npz['X'].ravel() == np.arange(12) / 2 - 1).all()
    assert npz['y'].tolist() == ['angry', '', 'f\u00fcr \u2260 \U0001f600', 'a,b "c"']
    assert npz['speakers'].dtype == '<i4' and npz['speakers'].tolist() == [1, -1, 24]
    assert npz['schema'].shape == () and str(npz['schema']) == '{"id": "x"}'
print('all opened')
)",
                                                     folder.path());
  EXPECT_EQ(run.exit_status, 0) << run.output;
  EXPECT_EQ(run.output, "all opened\n");
}

}  // namespace
}  // namespace sermo
