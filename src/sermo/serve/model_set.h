// The models of a folder, loaded once: what answers, and what is said about them.
//
// Thread rule: a plain value of immutable parts; loading is a pure function but for the file
// system.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sermo/base/result.h"
#include "sermo/engine/recognizer.h"

namespace sermo::serve {

struct ModelSet {
  std::shared_ptr<const engine::Recognizer> recognizer;
  std::string listing;  // JSON array: the manifest's models, best first, each with its labels
};

// Reads the whole folder on `num_threads` threads; nothing of it is read again later. A folder that
// is replaced meanwhile is read anew. Failures are those of engine::load_recognizer.
Result<ModelSet> load_model_set(const std::filesystem::path& folder, int num_threads);

}  // namespace sermo::serve
