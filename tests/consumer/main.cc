// Uses each installed layer a little: a feature vector of a tone, and an error from a missing models folder.
#include <cmath>
#include <cstdio>
#include <vector>

#include "sermo/base/version.h"
#include "sermo/features/extractor.h"
#include "sermo/learn/registry.h"
#include "sermo/model/artifact.h"

int main() {
  const auto extractor = sermo::features::find_extractor("librosa-110");
  if (!extractor) return 1;
  std::vector<float> tone(static_cast<size_t>((*extractor)->sample_rate_hz()));
  for (size_t i = 0; i < tone.size(); ++i) tone[i] = 0.5f * std::sin(0.06f * static_cast<float>(i));
  std::vector<float> features((*extractor)->schema().num_features());
  const auto workspace = (*extractor)->make_workspace();
  if (!(*extractor)->extract(tone, features, *workspace)) return 2;
  if (sermo::model::read_artifact("no-such-model.onnx")) return 3;
  std::printf("sermo %s: %zu features, %zu learners\n", std::string(sermo::version()).c_str(), features.size(),
              sermo::learn::all_learners().size());
  return 0;
}
