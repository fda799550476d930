// The identity of a feature vector: which numbers, in which order, computed how.
//
// `id` is derived from the schema's name, version, parameters and feature names, and is written
// into every cache, table and model. It is checked at every load: a stale cache or a foreign model
// is refused by name, never used silently. Thread rule: plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::features {

struct Schema {
  std::string name;        // "librosa-110"
  int version = 1;         // raised whenever any number changes beyond rounding
  std::string parameters;  // JSON object (text, keys sorted) of everything that shapes the numbers
  std::vector<std::string> names;  // one per column, e.g. "mfcc_03_mean"
  std::string id;                  // "librosa-110/1-<12 hex digits>"; see make_schema

  size_t num_features() const { return names.size(); }
  bool operator==(const Schema&) const = default;
};

// Fills in `id` from the other four parts.
Schema make_schema(std::string name, int version, std::string parameters,
                   std::vector<std::string> names);

// The name in an id: "librosa-110" of "librosa-110/1-0123456789ab".
std::string_view schema_name(std::string_view id);

// The schema as JSON text ({"id","name","version","parameters","names"}) and back. Tables carry
// this text. schema_from_json fails with kCorrupt on text that is no schema or whose id does not
// follow from its parts.
std::string to_json(const Schema& schema);
Result<Schema> schema_from_json(std::string_view text);

}  // namespace sermo::features
