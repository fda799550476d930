// Any bytes as a model file: a model that answers with probabilities and can be written again, or
// an error.
#include <cmath>
#include <cstdint>

#include "sermo/base/check.h"
#include "sermo/model/artifact.h"
#include "sermo/model/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sermo;
  const Result<model::Artifact> artifact =
      model::parse_artifact(std::as_bytes(std::span(data, size)));
  if (!artifact) {
    SERMO_CHECK(!artifact.error().message.empty(), "an error says why");
    SERMO_CHECK(artifact.error().code != ErrorCode::kInternal, "input causes no bug");
    return 0;
  }
  const model::Classifier& classifier = *artifact->classifier;
  const model::Signature& signature = classifier.signature();
  Matrix probabilities;
  classifier.predict_proba(Matrix(2, signature.num_features), probabilities);
  SERMO_CHECK(probabilities.num_cols() == signature.num_labels(), "a probability a label");
  (void)model::check_known_rows(*artifact);

  const Result<std::string> written = model::serialise(*artifact);
  SERMO_CHECK(written.has_value(), "what was read can be written");
  const Result<model::Artifact> again = model::parse_artifact(std::as_bytes(std::span(*written)));
  SERMO_CHECK(again.has_value(), "what was written can be read");
  SERMO_CHECK(again->metadata == artifact->metadata, "nothing is lost");
  SERMO_CHECK(again->classifier->signature() == signature, "nothing is lost");
  return 0;
}
