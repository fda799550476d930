// A folder of trained models, as `train` leaves it: written whole, loaded in part or whole.
//
// Thread rule: pure functions but for the file system.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/engine/recognizer.h"
#include "sermo/engine/trainer.h"
#include "sermo/model/manifest.h"

namespace sermo::engine {

// Writes one ONNX file a model (and NAME.log.jsonl, one line an epoch, where it was trained in
// epochs) and then the manifest: the default model (learn::kDefaultModel) first, the others by the
// dependable part of their accuracy on the training clips that were held out from them, never on
// test clips. Models already there that were
// trained on the same clips (under whatever schema), labels and seed and are not trained now stay
// in the manifest; others leave it (their files stay).
Result<model::Manifest> write_model_folder(const std::filesystem::path& folder,
                                           const TrainingReport& report);

// Loads the models that `names` names, in that order: names in the folder's manifest, paths of
// .onnx files (these need no folder), or "all"; no names mean the first of the manifest. Files are
// read side by side on `num_threads` threads.
Result<std::shared_ptr<const Recognizer>> load_recognizer(const std::filesystem::path& folder,
                                                          const std::vector<std::string>& names,
                                                          int num_threads = 1);

// The same with the folder's manifest as it was read before, so that both are of one moment: a file
// that was replaced since then is kCorrupt or kMismatch.
Result<std::shared_ptr<const Recognizer>> load_recognizer(const std::filesystem::path& folder,
                                                          const model::Manifest& manifest,
                                                          const std::vector<std::string>& names,
                                                          int num_threads = 1);

}  // namespace sermo::engine
