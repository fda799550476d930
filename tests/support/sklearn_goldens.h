// What scikit-learn answers, and the small table that it was asked about, as written by
// tools/golden/make_sklearn_models.py.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "ravdess_reference.h"
#include "sermo/base/matrix.h"
#include "sermo/base/npz.h"
#include "test_paths.h"

namespace sermo::testing {

class SklearnGoldens {
 public:
  // "small", "edges", "platt", "coupling" or "ravdess".
  explicit SklearnGoldens(const std::string& name)
      : archive_(read_npz(test_data() / "sklearn" / (name + ".npz")).value()) {}

  Matrix matrix(const std::string& key) const { return to_matrix(array(key)).value(); }
  std::vector<float> floats(const std::string& key) const { return to_floats(array(key)).value(); }
  std::vector<double> doubles(const std::string& key) const {
    return std::get<std::vector<double>>(array(key).values);
  }
  std::vector<int> ints(const std::string& key) const { return to_ints(array(key)).value(); }

 private:
  const NpyArray& array(const std::string& key) const { return *archive_.find(key).value(); }

  NpzArchive archive_;
};

// 4 unbalanced classes, 20 features; 180 rows to train, 60 to test.
struct SmallTable {
  LabelledRows train;
  LabelledRows test;
};

inline SmallTable small_table() {
  const SklearnGoldens goldens("small");
  const Matrix features = goldens.matrix("X");
  const std::vector<int> labels = goldens.ints("y");
  std::vector<size_t> train;
  std::vector<size_t> test;
  for (size_t r = 0; r < features.num_rows(); ++r) (r < 180 ? train : test).push_back(r);
  return {rows_at(features, labels, train), rows_at(features, labels, test)};
}

}  // namespace sermo::testing
