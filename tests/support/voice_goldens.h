// The clips of tests/data/golden/voice (made by tools/golden/make_voice_goldens.py with the
// reference of the voice descriptors).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/base/matrix.h"
#include "sermo/base/npz.h"
#include "test_paths.h"

namespace sermo::testing {

inline std::filesystem::path voice_golden_dir() { return test_data() / "golden" / "voice"; }

// Every clip's name, sorted.
inline std::vector<std::string> voice_golden_clips() {
  std::vector<std::string> names;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(voice_golden_dir(), absent)) {
    if (entry.path().extension() == ".npz") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  SERMO_CHECK(names.size() > 3, "the goldens are part of the repository");
  return names;
}

// One clip: samples at 16 kHz, contours [rows, frames], and the vector.
class VoiceGolden {
 public:
  explicit VoiceGolden(const std::string& clip) : archive_(open(clip)) {}

  // Repeated as often as the golden says, so that a long clip takes no more room than a short one.
  std::vector<float> samples() const {
    const std::vector<float> once = values("samples");
    const int repeats = to_ints(array("repeats"))->at(0);
    std::vector<float> all;
    for (int i = 0; i < repeats; ++i) all.insert(all.end(), once.begin(), once.end());
    return all;
  }
  bool has_contours() const { return archive_.has("mfcc"); }
  std::vector<float> values(std::string_view name) const { return *to_floats(array(name)); }
  std::vector<int> ints(std::string_view name) const { return *to_ints(array(name)); }
  Matrix frames(std::string_view name) const { return *to_matrix(array(name)); }

 private:
  static NpzArchive open(const std::string& clip) {
    auto archive = read_npz(voice_golden_dir() / (clip + ".npz"));
    SERMO_CHECK(archive.has_value(), "a golden clip opens");
    return std::move(*archive);
  }
  const NpyArray& array(std::string_view name) const {
    const auto found = archive_.find(name);
    SERMO_CHECK(found.has_value(), "a golden clip holds every contour");
    return **found;
  }
  NpzArchive archive_;
};

// The standard deviation of each number over the clips of RAVDESS: the unit of errors.
inline std::vector<float> voice_sigmas() {
  const auto array = read_npy(voice_golden_dir() / "sigma.npy");
  SERMO_CHECK(array.has_value(), "sigma.npy opens");
  return *to_floats(*array);
}

}  // namespace sermo::testing
