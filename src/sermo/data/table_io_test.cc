#include "sermo/data/table_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "python.h"
#include "sermo/base/file.h"
#include "sermo/base/mt19937.h"
#include "sermo/base/npz.h"
#include "temporary_folder.h"
#include "test_paths.h"

namespace sermo::data {
namespace {

namespace fs = std::filesystem;
using features::Schema;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

Schema tiny_schema() {
  return features::make_schema("tiny", 3, R"({"hop": 512})", {"a_mean", "b, \"c\"", "d\u00e9"});
}

// Numbers of every size, and texts with everything that CSV must quote.
Table awkward() {
  Table table;
  table.schema = tiny_schema();
  table.features = Matrix({0.1f, -0.0f, 1.0f / 3.0f,                                     //
                           std::numeric_limits<float>::max(), 1e-45f, -1.17549435e-38f,  //
                           16777216.0f, 3.14159274f, 1e10f},
                          3, 3);
  table.labels = {"angry", "", "f\u00fcr, \"x\""};
  table.speakers = {3, kUnknownSpeaker, 0};
  table.paths = {"a,b \"c\".wav", "caf\xE9\nline.wav", "x/y.wav"};
  return table;
}

void expect_equal(const Table& got, const Table& wanted) {
  ASSERT_EQ(got.features.num_rows(), wanted.features.num_rows());
  ASSERT_EQ(got.features.num_cols(), wanted.features.num_cols());
  const auto bits = [](float value) { return std::bit_cast<uint32_t>(value); };
  EXPECT_TRUE(std::ranges::equal(got.features.values(), wanted.features.values(), {}, bits, bits));
  EXPECT_EQ(got.labels, wanted.labels);
  EXPECT_EQ(got.speakers, wanted.speakers);
  EXPECT_EQ(got.paths, wanted.paths);
  EXPECT_EQ(got.schema, wanted.schema);
  EXPECT_EQ(got.conditions, wanted.conditions);
  EXPECT_EQ(fingerprint(got), fingerprint(wanted));
}

std::vector<std::string> numbered_names(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back(std::string("f").append(std::to_string(i)));
  return names;
}

// As the extractor's schema: only its name and number of columns matter here.
Schema original_schema() {
  return features::make_schema(std::string(kOriginalSchemaName), 1, "{}", numbered_names(110));
}

class TableIo : public ::testing::Test {
 protected:
  fs::path file(const std::string& name) const { return folder_.path() / name; }
  Error read_error(const std::string& name) const {
    const Result<LoadedTable> loaded = read_table(file(name), known_);
    EXPECT_FALSE(loaded) << name;
    return loaded ? Error{} : loaded.error();
  }
  void write_arrays(const std::string& name, std::vector<NamedArray> arrays) const {
    ASSERT_TRUE(write_npz(file(name), arrays));
  }

  TemporaryFolder folder_;
  std::vector<Schema> known_ = {tiny_schema(), original_schema()};
};

TEST_F(TableIo, NpzAndCsvComeBackExactly) {
  for (const char* name : {"t.npz", "t.csv"}) {
    ASSERT_TRUE(write_table(file(name), awkward())) << name;
    const Result<LoadedTable> loaded = read_table(file(name), known_);
    ASSERT_TRUE(loaded) << loaded.error().message;
    expect_equal(loaded->table, awkward());
  }
  // An .npz says what its schema is; a .csv only how its columns are named.
  EXPECT_EQ(read_table(file("t.npz"), {})->note, "");
  EXPECT_EQ(read_table(file("t.npz"), {})->table.schema, tiny_schema());
  EXPECT_THAT(read_table(file("t.csv"), known_)->note, HasSubstr("taken for it"));
}

TEST_F(TableIo, AnyFloatSurvivesCsv) {
  Table table;
  table.schema = features::make_schema("wide", 1, "{}", numbered_names(100));
  std::vector<float> values;
  RandomState random(7);
  while (values.size() < 100 * 100) {
    const uint32_t bits = random.next_u32();
    float value = 0.0f;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) values.push_back(value);
  }
  table.features = Matrix(values, 100, 100);
  table.labels.resize(100);
  table.speakers.assign(100, kUnknownSpeaker);
  table.paths.assign(100, "p");
  ASSERT_TRUE(write_table(file("t.csv"), table));
  const Matrix back = read_table(file("t.csv"), {})->table.features;
  EXPECT_EQ(std::memcmp(back.data(), table.features.data(), values.size() * sizeof(float)), 0);
}

TEST_F(TableIo, APackedTableIsReadLikeAnyOther) {
  Table table = awkward();
  table.features = Matrix({0.5f, -3.0f, 1e-3f,  //
                           0.25f, -3.0f, 2e-3f, 0.0f, -3.0f, 4e-3f},
                          3, 3);
  ASSERT_TRUE(write_table(file("t.npz"), table, Storage::kPacked));
  const LoadedTable loaded = read_table(file("t.npz"), known_).value();
  EXPECT_TRUE(loaded.is_packed);
  EXPECT_EQ(loaded.note, "");
  for (size_t i = 0; i < 9; ++i)
    EXPECT_NEAR(loaded.table.features.values()[i], table.features.values()[i], 0.02f) << i;
  EXPECT_NE(loaded.table.features(1, 0), 0.25f) << "it was not packed";
  table.features = loaded.table.features;
  expect_equal(loaded.table, table);
  ASSERT_TRUE(write_table(file("again.npz"), loaded.table));
  EXPECT_FALSE(read_table(file("again.npz"), known_)->is_packed);

  EXPECT_EQ(write_table(file("t.csv"), table, Storage::kPacked).error().code, ErrorCode::kUsage);
  // Bytes that nothing says how to read.
  write_arrays("t.npz", {{"X", NpyArray::from_bytes(std::vector<uint8_t>(6), 2, 3)},
                         {"y", NpyArray::from_texts({"a", "b"})}});
  EXPECT_THAT(read_error("t.npz").message, HasSubstr("no array 'X_offset'"));
}

TEST_F(TableIo, AnEmptyTableComesBack) {
  Table table;
  table.schema = tiny_schema();
  table.features = Matrix(0, 3);
  for (const char* name : {"t.npz", "t.csv"}) {
    ASSERT_TRUE(write_table(file(name), table));
    const Result<LoadedTable> loaded = read_table(file(name), known_);
    ASSERT_TRUE(loaded) << loaded.error().message;
    expect_equal(loaded->table, table);
  }
}

TEST_F(TableIo, TheCsvHeaderIsThatOfTheContract) {
  ASSERT_TRUE(write_table(file("t.csv"), awkward()));
  const std::string text = read_text_file(file("t.csv")).value();
  EXPECT_TRUE(
      text.starts_with("path,label,speaker,a_mean,\"b, \"\"c\"\"\",d\u00e9\n"
                       "\"a,b \"\"c\"\".wav\",angry,3,0.1,-0,0.33333334\n"))
      << text;
}

TEST_F(TableIo, ATableOfOtherColumnsHasASchemaOfItsOwn) {
  ASSERT_TRUE(write_file_atomically(
      file("t.csv"), "path,label,speaker,height,width\na,x,,1,2\nb,y,,3,4\nc,x,4,5,6e-3\n"));
  const LoadedTable loaded = read_table(file("t.csv"), known_).value();
  EXPECT_EQ(loaded.table.schema.name, kCustomSchemaName);
  EXPECT_EQ(loaded.table.schema.names, (std::vector<std::string>{"height", "width"}));
  EXPECT_EQ(loaded.table.speakers, (std::vector<int>{-1, -1, 4}));
  EXPECT_EQ(loaded.table.features(2, 1), 6e-3f);
  EXPECT_THAT(loaded.note, HasSubstr("custom/1-"));

  // The same from numpy, with X and y and names only.
  write_arrays("t.npz", {{"X", NpyArray{{3, 2}, std::vector<double>{1, 2, 3, 4, 5, 6e-3}}},
                         {"y", NpyArray::from_texts({"x", "y", "x"})},
                         {"feature_names", NpyArray::from_texts({"height", "width"})}});
  const LoadedTable from_npz = read_table(file("t.npz"), known_).value();
  EXPECT_EQ(from_npz.table.schema, loaded.table.schema);
  EXPECT_EQ(from_npz.table.features(2, 1), 6e-3f);
  EXPECT_EQ(from_npz.table.paths[2], "t.npz[2]");
  EXPECT_EQ(from_npz.table.speakers[2], kUnknownSpeaker);
}

TEST_F(TableIo, WhatDoesNotFitTogetherIsRefusedWithGotAndWanted) {
  const NpyArray x{{2, 3}, std::vector<float>(6)};
  const NpyArray y = NpyArray::from_texts({"a", "b"});
  const NpyArray schema = NpyArray::from_text(features::to_json(tiny_schema()));
  const NpyArray names = NpyArray::from_texts(tiny_schema().names);
  const auto error = [&](std::vector<NamedArray> arrays) {
    write_arrays("t.npz", std::move(arrays));
    const Error found = read_error("t.npz");
    EXPECT_TRUE(found.message.starts_with(file("t.npz").string() + ": ")) << found.message;
    return found;
  };
  const auto expect_mismatch = [&](std::vector<NamedArray> arrays, const char* message) {
    const Error found = error(std::move(arrays));
    EXPECT_EQ(found.code, ErrorCode::kMismatch) << found.message;
    EXPECT_THAT(found.message, HasSubstr(message));
  };
  expect_mismatch({{"y", y}}, "no array 'X'");
  expect_mismatch({{"X", x}}, "no array 'y'");
  expect_mismatch({{"X", y}, {"y", y}}, "X: got unicode of shape (2,), wanted a matrix");
  expect_mismatch({{"X", x}, {"y", NpyArray::from_ints({1, 2})}}, "y: got int32");
  expect_mismatch({{"X", x}, {"y", NpyArray::from_texts({"a"})}, {"schema", schema}},
                  "1 labels, wanted 2");
  expect_mismatch(
      {{"X", x}, {"y", y}, {"schema", schema}, {"speakers", NpyArray::from_ints({1, 2, 3})}},
      "3 speakers, wanted 2");
  expect_mismatch({{"X", x}, {"y", y}, {"schema", schema}, {"paths", NpyArray::from_texts({"a"})}},
                  "1 paths, wanted 2");
  expect_mismatch({{"X", NpyArray{{2, 2}, std::vector<float>(4)}}, {"y", y}, {"schema", schema}},
                  "2 columns of features, wanted 3 (schema tiny/3-");
  expect_mismatch({{"X", x}, {"y", y}, {"feature_names", NpyArray::from_texts({"a", "b"})}},
                  "2 feature names, wanted 3");
  expect_mismatch({{"X", x},
                   {"y", y},
                   {"schema", schema},
                   {"feature_names", NpyArray::from_texts({"a", "b", "c"})}},
                  "not those of schema tiny/3-");
  expect_mismatch({{"X", x}, {"y", y}}, "3 columns without names or schema");
  EXPECT_EQ(error({{"X", x}, {"y", y}, {"schema", NpyArray::from_text("{}")}}).code,
            ErrorCode::kCorrupt);
  EXPECT_EQ(
      error({{"X", x}, {"y", y}, {"feature_names", NpyArray::from_texts({"a", "a", "b"})}}).code,
      ErrorCode::kCorrupt);
  EXPECT_EQ(error({{"X", x}, {"y", NpyArray::from_texts({"a", "\xFF"})}, {"schema", schema}}).code,
            ErrorCode::kCorrupt);
  EXPECT_EQ(
      error({{"X", x}, {"y", y}, {"schema", schema}, {"speakers", NpyArray::from_ints({-2, 1})}})
          .code,
      ErrorCode::kCorrupt);
  const NpyArray infinite{{2, 3}, std::vector<double>{0, 0, 0, 0, 1e300, 0}};  // beyond float32
  const Error not_finite = error({{"X", infinite}, {"y", y}, {"schema", schema}});
  EXPECT_EQ(not_finite.code, ErrorCode::kNotFinite);
  EXPECT_THAT(not_finite.message, HasSubstr("row 1 (t.npz[1]), feature b, \"c\": inf"));
}

TEST_F(TableIo, DamagedCsvIsRefusedWithItsLine) {
  const auto error = [&](const std::string& text) {
    EXPECT_TRUE(write_file_atomically(file("t.csv"), text));
    return read_error("t.csv");
  };
  EXPECT_EQ(error("").code, ErrorCode::kMismatch);
  EXPECT_EQ(error("path,label,speaker\na,b,1\n").code, ErrorCode::kMismatch);
  EXPECT_THAT(error("a,b,c,d\n1,2,3,4\n").message, HasSubstr("begins 'a,b,c,d', wanted path"));
  const std::string header = "path,label,speaker,f,g\n";
  EXPECT_THAT(error(header + "p,x,1,2\n").message, HasSubstr("line 2: 4 fields, wanted 5"));
  EXPECT_THAT(error(header + "p,x,1,2,3\np,x,1,2,3,4\n").message,
              HasSubstr("line 3: 6 fields, wanted 5"));
  EXPECT_THAT(error(header + "p,x,one,2,3\n").message, HasSubstr("speaker 'one' is no whole"));
  EXPECT_THAT(error(header + "p,x,1,2,\n").message,
              HasSubstr("line 2: feature g: '' is no number"));
  EXPECT_THAT(error(header + "p,x,1,2,3x\n").message, HasSubstr("'3x' is no number"));
  EXPECT_THAT(error(header + "p,x,1,2,1e99\n").message, HasSubstr("'1e99' is no number"));
  EXPECT_EQ(error(header + "p,x,1,2,nan\n").code, ErrorCode::kNotFinite);
  EXPECT_EQ(error(header + "p,x,1,2,\"3\n").code, ErrorCode::kCorrupt);
}

TEST_F(TableIo, ExtensionsDecide) {
  EXPECT_EQ(read_error("t.parquet").code, ErrorCode::kUsage);
  EXPECT_EQ(read_error("t.npz").code, ErrorCode::kNotFound);
  EXPECT_EQ(write_table(file("t.npy"), awkward()).error().code, ErrorCode::kUsage);
  Table broken = awkward();
  broken.labels.pop_back();
  EXPECT_EQ(write_table(file("t.npz"), broken).error().code, ErrorCode::kMismatch);
  EXPECT_FALSE(fs::exists(file("t.npz")));
}

TEST_F(TableIo, LabelsOfTheOriginalLieBesideItsFeatures) {
  EXPECT_EQ(labels_beside("X.npy"), fs::path("y.npy"));
  EXPECT_EQ(labels_beside("d/seed_X.npy"), fs::path("d/seed_y.npy"));
  EXPECT_EQ(labels_beside("X/X_test.npy"), fs::path("X/y_test.npy"));
  EXPECT_EQ(labels_beside("X_of_X.npy"), fs::path("X_of_y.npy"));
  EXPECT_EQ(labels_beside("features.npy").error().code, ErrorCode::kUsage);
  EXPECT_EQ(labels_beside("X/MAX2.npy").error().code, ErrorCode::kUsage);

  const NpyArray x{{2, 110}, std::vector<double>(220, 0.5)};
  ASSERT_TRUE(write_npy(file("X.npy"), x));
  EXPECT_EQ(read_error("X.npy").code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_npy(file("y.npy"), NpyArray::from_texts({"calm", "sad"})));
  const LoadedTable loaded = read_table(file("X.npy"), known_).value();
  EXPECT_EQ(loaded.table.schema, original_schema());
  EXPECT_THAT(loaded.note, HasSubstr("taken for librosa-110/1-"));
  EXPECT_EQ(loaded.table.labels, (std::vector<std::string>{"calm", "sad"}));
  EXPECT_EQ(loaded.table.paths[1], "X.npy[1]");

  ASSERT_TRUE(write_npy(file("y.npy"), NpyArray::from_texts({"calm"})));
  EXPECT_THAT(read_error("X.npy").message, HasSubstr("1 labels, wanted 2"));
  ASSERT_TRUE(write_npy(file("y.npy"), NpyArray::from_texts({"calm", "sad"})));
  ASSERT_TRUE(write_npy(file("X.npy"), NpyArray{{2, 109}, std::vector<double>(218, 0.5)}));
  EXPECT_EQ(read_error("X.npy").code, ErrorCode::kMismatch);
}

TEST_F(TableIo, ReadsTheTableThatTheOriginalStored) {
  SERMO_REQUIRE_SHARED("reference/seed_X.npy");
  const Result<LoadedTable> loaded =
      read_table(testing::shared_dir() / "reference/seed_X.npy", known_);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->table.num_rows(), 1440U);
  const LabelledRows labelled = labelled_rows(loaded->table).value();
  EXPECT_EQ(labelled.labels, (std::vector<std::string>{"angry", "calm", "disgust", "fearful",
                                                       "happy", "neutral", "sad", "surprised"}));
}

TEST_F(TableIo, NumpyOpensWhatWeWrite) {
  SERMO_REQUIRE_PYTHON_MODULE("numpy");
  ASSERT_TRUE(write_table(file("t.npz"), awkward()));
  ASSERT_TRUE(write_table(file("t.csv"), awkward()));
  ASSERT_TRUE(write_table(file("packed.npz"), awkward(), Storage::kPacked));
  const testing::PythonRun run = testing::run_python(R"(
import csv, json, os, sys
import numpy as np
npz = np.load(os.path.join(sys.argv[1], 't.npz'), allow_pickle=False)
X = npz['X']
assert X.dtype == '<f4' and X.shape == (3, 3)
assert X[0, 0] == np.float32(0.1) and X[1, 0] == np.finfo('f4').max and np.signbit(X[0, 1])
assert npz['y'].tolist() == ['angry', '', 'f\u00fcr, "x"'] and npz['y'].dtype.kind == 'U'
assert npz['speakers'].tolist() == [3, -1, 0] and npz['speakers'].dtype == '<i4'
assert [os.fsencode(p) for p in npz['paths'].tolist()] == [
    b'a,b "c".wav', b'caf\xe9\nline.wav', b'x/y.wav']
assert npz['feature_names'].tolist() == ['a_mean', 'b, "c"', 'd\u00e9']
schema = json.loads(str(npz['schema']))
assert npz['schema'].shape == () and schema['name'] == 'tiny' and schema['names'] == npz['feature_names'].tolist()
with open(os.path.join(sys.argv[1], 't.csv'), newline='', encoding='utf-8', errors='surrogateescape') as file:
    header, *rows = csv.reader(file)
assert header == ['path', 'label', 'speaker', 'a_mean', 'b, "c"', 'd\u00e9'], header
assert [row[0] for row in rows] == npz['paths'].tolist()
assert (np.array([row[3:] for row in rows], dtype='f4') == X).all()
packed = np.load(os.path.join(sys.argv[1], 'packed.npz'), allow_pickle=False)
assert packed['X'].dtype == 'u1' and packed['X'].shape == (3, 3)
assert packed['X_offset'].dtype == '<f4' and packed['X_step'].dtype == '<f4'
near = packed['X_offset'] + packed['X_step'].astype('f8') * packed['X']
assert (np.abs(near - X) <= np.maximum(np.ptp(X.astype('f8'), axis=0) / 509, X.astype('f8').std(axis=0) / 9.9)).all(), near
print('all agree')
)",
                                                     folder_.path());
  EXPECT_EQ(run.exit_status, 0) << run.output;
  EXPECT_EQ(run.output, "all agree\n");
}

TEST_F(TableIo, CopiesComeBackFromBothFormats) {
  const TemporaryFolder folder;
  Table table = select_rows(awkward(), std::vector<size_t>{0, 1, 2, 2, 0});
  table.conditions = {"", "", "", "room 0.4 s + noise white 20 dB", "a,b \"c\" f\u00fcr"};
  for (const std::string name : {"t.npz", "t.csv"}) {
    ASSERT_TRUE(write_table(folder.path() / name, table));
    expect_equal(read_table(folder.path() / name, std::vector<Schema>{tiny_schema()})->table,
                 table);
  }
  ASSERT_TRUE(write_table(folder.path() / "none.npz", awkward()));
  EXPECT_FALSE(read_npz(folder.path() / "none.npz")->has("conditions"));
  // A copy whose source is gone.
  Table alone = select_rows(table, std::vector<size_t>{1, 3});
  EXPECT_EQ(write_table(folder.path() / "alone.npz", alone).error().code, ErrorCode::kMismatch);
}

TEST_F(TableIo, AFeatureMayBeCalledCondition) {
  const TemporaryFolder folder;
  Table table;
  table.schema = features::make_schema("odd", 1, "{}", {"condition", "b"});
  table.features = Matrix({1, 2, 3, 4}, 2, 2);
  table.labels = {"x", "y"};
  table.speakers = {0, 1};
  table.paths = {"p", "q"};
  ASSERT_TRUE(write_table(folder.path() / "t.csv", table));
  expect_equal(read_table(folder.path() / "t.csv", std::vector<Schema>{table.schema})->table,
               table);
}

}  // namespace
}  // namespace sermo::data
