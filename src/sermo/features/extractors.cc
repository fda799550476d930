#include <array>
#include <string>

#include "sermo/features/extractor.h"
#include "sermo/features/librosa110.h"
#include "sermo/features/voice/sermo_voice.h"

namespace sermo::features {

Result<FrameContours> Extractor::contours(std::span<const float> /*samples*/,
                                          Workspace& /*workspace*/) const {
  return fail(ErrorCode::kUsage, "schema " + schema().name + " has no values of single frames");
}

std::span<const std::shared_ptr<const Extractor>> all_extractors() {
  static const std::array<std::shared_ptr<const Extractor>, 2> kExtractors = {make_librosa110(),
                                                                              make_sermo_voice()};
  return kExtractors;
}

Result<std::shared_ptr<const Extractor>> find_extractor(std::string_view schema_name) {
  std::string known;
  for (const auto& extractor : all_extractors()) {
    if (extractor->schema().name == schema_name) return extractor;
    known += (known.empty() ? "" : ", ") + extractor->schema().name;
  }
  return fail(ErrorCode::kNotFound,
              "schema " + std::string(schema_name) + ": unknown, wanted one of " + known);
}

}  // namespace sermo::features
