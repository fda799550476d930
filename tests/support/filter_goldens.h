// tests/data/golden/filters.npz (made by tools/golden/make_filters.py with SciPy 1.17.1).
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "sermo/base/npz.h"
#include "test_paths.h"

namespace sermo::testing {

class FilterGoldens {
 public:
  std::vector<float> floats(std::string_view name) const {
    return to_floats(*archive_.find(name).value()).value();
  }
  std::vector<double> doubles(std::string_view name) const {
    return std::get<std::vector<double>>(archive_.find(name).value()->values);
  }

 private:
  NpzArchive archive_ = read_npz(test_data() / "golden" / "filters.npz").value();
};

}  // namespace sermo::testing
