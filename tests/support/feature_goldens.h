// The clips of tests/data/golden/features (made by tools/golden/make_feature_goldens.py with
// librosa 0.11.0), stage by stage.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/npz.h"
#include "test_paths.h"

namespace sermo::testing {

inline std::filesystem::path feature_golden_dir() { return test_data() / "golden" / "features"; }

// Every clip's name, sorted. For INSTANTIATE_TEST_SUITE_P and for loops with SCOPED_TRACE.
inline std::vector<std::string> feature_golden_clips() {
  std::vector<std::string> names;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(feature_golden_dir(), absent)) {
    if (entry.path().extension() == ".npz") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  SERMO_CHECK(!names.empty(), "the goldens are part of the repository");
  return names;
}

// One clip. Stages of frames are [rows, frames]; `samples`, `harmonic` and `vector` are flat;
// `tuning` and `harmonic_tuning` are single numbers.
class FeatureGolden {
 public:
  explicit FeatureGolden(const std::string& clip) : archive_(open(clip)) {}

  std::vector<float> samples() const { return values("samples"); }
  float number(std::string_view stage) const { return values(stage).at(0); }
  std::vector<float> values(std::string_view stage) const { return *to_floats(array(stage)); }
  Matrix frames(std::string_view stage) const { return *to_matrix(array(stage)); }
  std::vector<double> vector() const {
    return std::get<std::vector<double>>(array("vector").values);
  }

 private:
  static NpzArchive open(const std::string& clip) {
    auto archive = read_npz(feature_golden_dir() / (clip + ".npz"));
    SERMO_CHECK(archive.has_value(), "a golden clip opens");
    return std::move(*archive);
  }
  const NpyArray& array(std::string_view stage) const {
    const auto found = archive_.find(stage);
    SERMO_CHECK(found.has_value(), "a golden clip holds every stage");
    return **found;
  }
  NpzArchive archive_;
};

// The standard deviation of each feature over the clips of RAVDESS: the unit of errors.
inline std::vector<double> feature_sigmas() {
  const auto array = read_npy(feature_golden_dir() / "sigma.npy");
  SERMO_CHECK(array.has_value(), "sigma.npy opens");
  return std::get<std::vector<double>>(array->values);
}

// The largest difference between two stages, relative to the range (largest less smallest) of
// `want`. `got` is anything with num_rows(), num_frames() and (row, frame).
template <class Frames>
double largest_error_of_range(const Frames& got, MatrixView want) {
  EXPECT_EQ(got.num_rows(), want.num_rows());
  EXPECT_EQ(got.num_frames(), want.num_cols());
  if (got.num_rows() != want.num_rows() || got.num_frames() != want.num_cols()) return HUGE_VAL;
  double error = 0;
  double low = HUGE_VAL;
  double high = -HUGE_VAL;
  for (size_t r = 0; r < want.num_rows(); ++r) {
    for (size_t f = 0; f < want.num_cols(); ++f) {
      const double difference = std::abs(static_cast<double>(got(r, f)) - want(r, f));
      if (std::isnan(difference)) return HUGE_VAL;
      error = std::max(error, difference);
      low = std::min<double>(low, want(r, f));
      high = std::max<double>(high, want(r, f));
    }
  }
  return high > low ? error / (high - low) : error;
}

}  // namespace sermo::testing
