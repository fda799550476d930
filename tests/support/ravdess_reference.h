// The 110 features of RAVDESS as librosa computed them, split as the original split them: for tests
// that want real rows. They lie outside the repository; begin with SERMO_REQUIRE_SHARED(
// "reference/librosa_0.11_X.npy").
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/npy.h"
#include "sermo/data/split.h"
#include "test_paths.h"

namespace sermo::testing {

struct LabelledRows {
  Matrix features;
  std::vector<int> labels;  // index into label_names
};

struct RavdessReference {
  std::vector<std::string> label_names;  // alphabetical
  LabelledRows train;                    // 1152 clips
  LabelledRows test;                     // 288 clips
};

inline LabelledRows rows_at(const Matrix& features, const std::vector<int>& labels,
                            const std::vector<size_t>& indices) {
  LabelledRows out{select_rows(features, indices), {}};
  for (size_t index : indices) out.labels.push_back(labels[index]);
  return out;
}

inline const RavdessReference& ravdess_reference() {
  static const RavdessReference reference = [] {
    const auto folder = shared_dir() / "reference";
    const Matrix features = to_matrix(read_npy(folder / "librosa_0.11_X.npy").value()).value();
    const std::vector<std::string> texts =
        to_texts(read_npy(folder / "seed_y.npy").value()).value();
    RavdessReference out;
    out.label_names = texts;
    std::sort(out.label_names.begin(), out.label_names.end());
    out.label_names.erase(std::unique(out.label_names.begin(), out.label_names.end()),
                          out.label_names.end());
    std::vector<int> labels;
    for (const std::string& text : texts) {
      labels.push_back(
          static_cast<int>(std::lower_bound(out.label_names.begin(), out.label_names.end(), text) -
                           out.label_names.begin()));
    }
    const data::Split split = data::stratified_split(labels, 0.2, 42).value();
    out.train = rows_at(features, labels, split.train);
    out.test = rows_at(features, labels, split.test);
    return out;
  }();
  return reference;
}

}  // namespace sermo::testing
