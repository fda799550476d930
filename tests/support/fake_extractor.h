// A small and fast extractor with every failure of a real one, for tests of what is built around
// extractors.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "sermo/features/extractor.h"

namespace sermo::testing {

// Mean, root mean square and number of samples at `sample_rate_hz`.
class FakeExtractor final : public features::Extractor {
 public:
  explicit FakeExtractor(int version = 1, std::string parameters = "{}", int sample_rate_hz = 8000)
      : schema_(features::make_schema("fake", version, std::move(parameters),
                                      {"mean", "rms", "num_samples"})),
        sample_rate_hz_(sample_rate_hz) {}

  const features::Schema& schema() const override { return schema_; }
  int sample_rate_hz() const override { return sample_rate_hz_; }
  std::unique_ptr<features::Workspace> make_workspace() const override {
    ++num_workspaces_;
    return std::make_unique<Scratch>();
  }

  Result<void> extract(std::span<const float> samples, std::span<float> out,
                       features::Workspace& workspace) const override {
    ++num_calls_;
    // A workspace that two threads use at once is a bug that the thread sanitizer then sees.
    ++static_cast<Scratch&>(workspace).num_uses;
    if (samples.size() < 100) return fail(ErrorCode::kTooShort, "fewer than 100 samples");
    double sum = 0, sum_of_squares = 0;
    for (const float sample : samples) {
      sum += sample;
      sum_of_squares += static_cast<double>(sample) * sample;
    }
    if (sum_of_squares == 0) return fail(ErrorCode::kSilent, "all samples are zero");
    const auto count = static_cast<double>(samples.size());
    out[0] = static_cast<float>(sum / count);
    out[1] = static_cast<float>(std::sqrt(sum_of_squares / count));
    out[2] = static_cast<float>(count);
    return {};
  }

  int num_calls() const { return num_calls_; }
  int num_workspaces() const { return num_workspaces_; }

 private:
  struct Scratch final : features::Workspace {
    int num_uses = 0;
  };

  features::Schema schema_;
  int sample_rate_hz_;
  mutable std::atomic<int> num_calls_{0};
  mutable std::atomic<int> num_workspaces_{0};
};

}  // namespace sermo::testing
