// What tools/golden/make_discriminants.py wrote: two tables of eight classes and the reference's
// scores.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "ravdess_reference.h"
#include "sermo/base/npz.h"
#include "sermo/learn/learner.h"
#include "sermo/model/pipeline.h"
#include "test_paths.h"

namespace sermo::testing {

class DiscriminantGolden {
 public:
  // "tall" (more rows than features) or "wide".
  explicit DiscriminantGolden(std::string table)
      : archive_(read_npz(test_data() / "discriminants.npz").value()), table_(std::move(table)) {
    const Matrix features = to_matrix(array("X")).value();
    const std::vector<int> labels = to_ints(array("y")).value();
    const auto num_train = static_cast<size_t>(to_ints(array("num_train")).value()[0]);
    std::vector<size_t> first, rest;
    for (size_t r = 0; r < features.num_rows(); ++r) (r < num_train ? first : rest).push_back(r);
    train = rows_at(features, labels, first);
    test = rows_at(features, labels, rest);
  }

  // [test rows, 8], row by row.
  std::vector<double> scores(const std::string& learner) const {
    return std::get<std::vector<double>>(array(learner).values);
  }

  learn::FitRequest request() const {
    learn::FitRequest request;
    request.train = {train.features, train.labels, {}};
    request.signature = {
        "made_up", train.features.num_cols(), {"a", "b", "c", "d", "e", "f", "g", "h"}};
    return request;
  }

  LabelledRows train;
  LabelledRows test;

 private:
  const NpyArray& array(const std::string& key) const {
    return *archive_.find(table_ + "_" + key).value();
  }
  NpzArchive archive_;
  std::string table_;
};

}  // namespace sermo::testing
