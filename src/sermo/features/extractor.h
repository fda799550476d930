// Samples in, one feature vector out: the one interface through which training, program, server and
// page get features.
//
// An Extractor is immutable and shared between threads. What one extraction needs in scratch memory
// lives in a Workspace, which is reused from clip to clip so that steady state allocates nothing;
// one Workspace belongs to one thread at a time. Nothing outside features/ may assume a number of
// features or a sample rate: ask the extractor.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "sermo/base/result.h"
#include "sermo/features/frame_contours.h"
#include "sermo/features/schema.h"

namespace sermo::features {

// Scratch memory of one extraction at a time; made by the extractor that will use it.
class Workspace {
 public:
  virtual ~Workspace() = default;
};

class Extractor {
 public:
  virtual ~Extractor() = default;

  virtual const Schema& schema() const = 0;
  virtual int sample_rate_hz() const = 0;
  virtual std::unique_ptr<Workspace> make_workspace() const = 0;

  // Computes the vector of mono `samples` (at sample_rate_hz(), nominally in [-1, 1]) into `out`
  // (schema().num_features() values). kTooShort, kSilent (all zeros), kNotFinite: never a made-up
  // vector; `out` is then unspecified.
  virtual Result<void> extract(std::span<const float> samples, std::span<float> out,
                               Workspace& workspace) const = 0;

  // What the vector summarises, frame by frame, from the same samples. The failures of extract();
  // kUsage from a schema that has no contours to show.
  virtual Result<FrameContours> contours(std::span<const float> samples,
                                         Workspace& workspace) const;
};

// Every extractor, by schema name, in the order in which they are listed to users. The list is made
// once.
std::span<const std::shared_ptr<const Extractor>> all_extractors();

// kNotFound with the known names in the message.
Result<std::shared_ptr<const Extractor>> find_extractor(std::string_view schema_name);

}  // namespace sermo::features
