// tests/data/golden/tonal.npz (made by tools/golden/make_tonal_goldens.py with librosa 0.11.0).
#pragma once

#include <string_view>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/base/npz.h"
#include "test_paths.h"

namespace sermo::testing {

class TonalGoldens {
 public:
  TonalGoldens() : archive_(open()) {}

  std::vector<float> floats(std::string_view name) const { return *to_floats(array(name)); }
  std::vector<double> doubles(std::string_view name) const {
    return std::get<std::vector<double>>(array(name).values);
  }
  const std::vector<size_t>& shape(std::string_view name) const { return array(name).shape; }

 private:
  static NpzArchive open() {
    auto archive = read_npz(test_data() / "golden" / "tonal.npz");
    SERMO_CHECK(archive.has_value(), "the goldens are part of the repository");
    return std::move(*archive);
  }
  const NpyArray& array(std::string_view name) const {
    const auto found = archive_.find(name);
    SERMO_CHECK(found.has_value(), "the goldens hold every array");
    return **found;
  }
  NpzArchive archive_;
};

}  // namespace sermo::testing
