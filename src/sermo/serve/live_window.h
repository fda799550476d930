// A live stream's sound, cut into hops: the last seconds of it each time another second is there.
//
// Thread rule: one thread at a time; a LiveHop is a plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/engine/enrolment.h"

namespace sermo::serve {

struct LiveOptions {
  double window_s = 3.0;  // what an answer is about, at most
  double hop_s = 1.0;     // from one answer to the next
};

struct StreamStart {
  int sample_rate_hz = 0;
  std::shared_ptr<const engine::Enrolment> enrolment;  // null: a voice never heard
};

// What the first message of a stream says: {"sample_rate":16000}, and `"voice"` (voice.h) where the
// speaker is known. kUsage for anything else and for rates that Sermo does not resample.
Result<StreamStart> parse_stream_start(std::string_view message);

struct LiveHop {
  double start_s = 0.0;  // of the window, from the beginning of the stream
  double end_s = 0.0;
  int sample_rate_hz = 0;
  std::vector<float> samples;  // of the window
  size_t num_new = 0;          // how many of them, at the end, came since the last hop
};

class LiveWindow {
 public:
  explicit LiveWindow(int sample_rate_hz, const LiveOptions& options = {});

  // Takes 16-bit little-endian mono samples from the front of `frames` until they are used up or a
  // hop is complete, whichever is first. The rest stays in `frames`; a last odd byte does too.
  // Gives whether a hop is complete.
  bool take(std::span<const std::byte>& frames);

  // The window as it is now, with what is new counted anew.
  LiveHop hop();

 private:
  int sample_rate_hz_;
  size_t window_samples_;
  size_t hop_samples_;
  std::vector<float> recent_;  // oldest first, at most window + hop samples
  size_t num_new_ = 0;
  uint64_t num_taken_ = 0;
};

}  // namespace sermo::serve
