// What scikit-learn and SciPy make of made-up predictions, as written by
// tools/golden/make_metrics.py.
#pragma once

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "sermo/base/matrix.h"
#include "test_paths.h"

namespace sermo::testing {

struct MetricsGolden {
  nlohmann::json json;
  std::vector<int> truth;
  Matrix probabilities;

  MetricsGolden() {
    json = nlohmann::json::parse(std::ifstream(test_data() / "golden" / "metrics.json"));
    truth = json.at("truth").get<std::vector<int>>();
    const auto rows = json.at("probabilities").get<std::vector<std::vector<float>>>();
    probabilities.resize(rows.size(), rows[0].size());
    for (size_t r = 0; r < rows.size(); ++r)
      std::copy(rows[r].begin(), rows[r].end(), probabilities.row(r).begin());
  }
};

}  // namespace sermo::testing
