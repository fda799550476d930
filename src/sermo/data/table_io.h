// Feature tables in files: F.npz, F.csv, and the original project's X.npy with y.npy beside it.
//
// F.npz (opens with numpy): X float32 [N, D], y unicode [N], speakers int32 [N], paths unicode [N],
// feature_names unicode [D], schema (JSON text, 0-d unicode); with degraded copies also conditions
// unicode [N]. F.csv: header path,label,speaker,<D names>, with copies path,label,speaker,condition
// and then the names; numbers in the shortest form that reads back as the same float32. Both come
// back exactly as they were written. A packed F.npz (packed_features.h) has X uint8 [N, D],
// X_offset and X_step float32 [D]: numpy has the numbers as X_offset + X_step * X.
//
// Reading is more lenient, because people make tables too. An .npz needs X and y only: speakers are
// then unknown and paths are made up ("F.npz[3]"). Float64 is rounded to float32. The schema is, in
// this order: the `schema` text, which must agree with X and feature_names; the known schema whose
// names are feature_names (or the CSV header); a schema named "custom" made of other names. Where
// there are no names at all (the original's X.npy), the columns are taken for the known schema
// librosa-110 if there are as many, and refused otherwise.
//
// Failures: kMismatch with got and wanted (shapes, columns, schema, copies without a source),
// kNotFinite with row and feature, kUsage for another extension, those of npz.h, csv.h and file.h.
// Thread rule: pure functions but for the file system.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "sermo/base/result.h"
#include "sermo/data/table.h"

namespace sermo::data {

// The schema that X.npy of the original project follows.
inline constexpr std::string_view kOriginalSchemaName = "librosa-110";
// The schema of tables with names of their own.
inline constexpr std::string_view kCustomSchemaName = "custom";

struct LoadedTable {
  Table table;
  std::string note;  // what was assumed about the schema, for people; empty where nothing was
  bool is_packed = false;
};

// Reads .npz, .csv or .npy by extension. `known` are the schemas of the extractors there are.
Result<LoadedTable> read_table(const std::filesystem::path& path,
                               std::span<const features::Schema> known);

enum class Storage { kFloat32, kPacked };

// Writes .npz or .csv by extension, atomically; packed ones are .npz (else kUsage).
Result<void> write_table(const std::filesystem::path& path, const Table& table,
                         Storage storage = Storage::kFloat32);

// Where the labels of the original's `X.npy` lie: the same path with the last X that stands by
// itself in the file name replaced by y (seed_X.npy: seed_y.npy; X_test.npy: y_test.npy). kUsage
// where there is none.
Result<std::filesystem::path> labels_beside(const std::filesystem::path& features);

}  // namespace sermo::data
