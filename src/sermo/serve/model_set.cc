#include "sermo/serve/model_set.h"

#include <nlohmann/json.hpp>

#include "sermo/engine/model_folder.h"
#include "sermo/model/manifest.h"

namespace sermo::serve {
namespace {

std::string listing_of(const model::Manifest& manifest) {
  nlohmann::ordered_json models = model::to_json(manifest)["models"];
  for (nlohmann::ordered_json& model : models) model["labels"] = manifest.labels;
  return models.dump();
}

}  // namespace

Result<ModelSet> load_model_set(const std::filesystem::path& folder, int num_threads) {
  SERMO_TRY(model::Manifest manifest, model::read_manifest(folder));
  constexpr int kMaxTries = 3;
  for (int attempt = 1;; ++attempt) {
    auto recognizer = engine::load_recognizer(folder, manifest, {"all"}, num_threads);
    if (recognizer) return ModelSet{std::move(*recognizer), listing_of(manifest)};
    SERMO_TRY(model::Manifest now, model::read_manifest(folder));
    if (attempt == kMaxTries || now == manifest) return fail(std::move(recognizer.error()));
    manifest = std::move(now);
  }
}

}  // namespace sermo::serve
