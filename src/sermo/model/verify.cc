#include "sermo/model/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "sermo/model/manifest.h"
#include "sermo/model/pipeline.h"

namespace sermo::model {
namespace {

// Models of the same rows: same schema, table and split.
using RowsKey = std::tuple<std::string, std::string, uint64_t, std::string>;

struct KnownScaler {
  std::string model_name;
  Scaler scaler;
};

class Verifier {
 public:
  Verifier(const std::filesystem::path& folder, const Manifest& manifest)
      : folder_(folder), manifest_(manifest) {}

  Result<void> check(const ManifestEntry& entry) {
    SERMO_TRY(const Artifact artifact, read_model(folder_, manifest_, entry));
    Result<void> checked = check_scaler(artifact);
    if (checked) checked = check_known_rows(artifact);
    if (!checked) return fail(std::move(checked.error()).in((folder_ / entry.file).string()));
    return {};
  }

 private:
  Result<void> check_scaler(const Artifact& artifact) {
    const auto* pipeline = dynamic_cast<const Pipeline*>(artifact.classifier.get());
    if (pipeline == nullptr) return {};
    const Metadata& metadata = artifact.metadata;
    const RowsKey key{pipeline->signature().schema_id, metadata.dataset.fingerprint, metadata.seed,
                      metadata.protocol};
    const auto [known, is_first] =
        scalers_.try_emplace(key, KnownScaler{metadata.name, pipeline->scaler()});
    if (is_first || known->second.scaler == pipeline->scaler()) return {};
    return fail(
        ErrorCode::kMismatch,
        fmt::format("its scaler is not that of {}, though both were trained on the same rows",
                    known->second.model_name));
  }

  const std::filesystem::path& folder_;
  const Manifest& manifest_;
  std::map<RowsKey, KnownScaler> scalers_;
};

}  // namespace

Result<void> check_known_rows(const Artifact& artifact) {
  const KnownRows& known = artifact.known_rows;
  if (known.labels.empty())
    return fail(ErrorCode::kCorrupt,
                "it has no known rows, so nothing shows what it should answer");
  Matrix probabilities;
  artifact.classifier->predict_proba(known.features, probabilities);
  for (size_t r = 0; r < known.labels.size(); ++r) {
    const std::string& label =
        artifact.classifier->signature().labels[argmax(probabilities.row(r))];
    float difference = 0.0f;
    for (size_t k = 0; k < probabilities.num_cols(); ++k) {
      difference = std::max(difference, std::abs(probabilities(r, k) - known.probabilities(r, k)));
    }
    if (label != known.labels[r]) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("known row {} is answered with {}, wanted {} as when it was written",
                              r, label, known.labels[r]));
    }
    if (!(difference <= kKnownRowTolerance)) {
      return fail(
          ErrorCode::kMismatch,
          fmt::format("known row {} has probabilities that are off by {:.2g}, wanted at most "
                      "{:.0e}",
                      r, difference, kKnownRowTolerance));
    }
  }
  return {};
}

Result<std::vector<Finding>> verify_folder(const std::filesystem::path& folder) {
  SERMO_TRY(const Manifest manifest, read_manifest(folder));
  if (manifest.models.empty())
    return fail(ErrorCode::kNotFound, folder.string() + ": the manifest lists no models");
  Verifier verifier(folder, manifest);
  std::vector<Finding> findings;
  for (const ManifestEntry& entry : manifest.models) {
    Result<void> checked = verifier.check(entry);
    findings.push_back({entry.name, entry.file,
                        checked ? std::nullopt : std::optional<Error>(std::move(checked.error()))});
  }
  return findings;
}

}  // namespace sermo::model
