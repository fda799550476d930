// The feature table: one row a clip, with who speaks, what is labelled and where it came from.
//
// Everything that trains, evaluates or caches works on this type. Thread rule: plain value.
#pragma once

#include <string>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/features/schema.h"

namespace sermo::data {

inline constexpr int kUnknownSpeaker = -1;

struct Table {
  Matrix features;                  // [N, D], raw (not scaled)
  std::vector<std::string> labels;  // [N], empty text where unknown
  std::vector<int> speakers;        // [N], kUnknownSpeaker where unknown
  std::vector<std::string> paths;   // [N], relative to the scanned folder, in sorted order
  features::Schema schema;          // D = schema.num_features()

  size_t num_rows() const { return features.num_rows(); }
};

}  // namespace sermo::data
