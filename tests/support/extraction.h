// An extractor under test: what it makes of samples, and what it refuses.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "sermo/features/extractor.h"

namespace sermo::testing {

class ExtractorTest : public ::testing::Test {
 protected:
  explicit ExtractorTest(std::shared_ptr<const features::Extractor> extractor)
      : extractor_(std::move(extractor)), workspace_(extractor_->make_workspace()) {}

  // Numbers that are not written stay NaN.
  std::vector<float> extract(const std::vector<float>& samples) {
    std::vector<float> out(extractor_->schema().num_features(),
                           std::numeric_limits<float>::quiet_NaN());
    const Result<void> result = extractor_->extract(samples, out, *workspace_);
    EXPECT_TRUE(result.has_value());
    return out;
  }
  ErrorCode error_of(const std::vector<float>& samples) {
    std::vector<float> out(extractor_->schema().num_features());
    const Result<void> result = extractor_->extract(samples, out, *workspace_);
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::kInternal : result.error().code;
  }

  std::shared_ptr<const features::Extractor> extractor_;
  std::unique_ptr<features::Workspace> workspace_;
};

inline std::vector<float> noise(size_t num_samples) {
  std::mt19937 rng(12);
  std::normal_distribution<float> normal(0.0f, 0.1f);
  std::vector<float> samples(num_samples);
  for (float& sample : samples) sample = normal(rng);
  return samples;
}

}  // namespace sermo::testing
