#include "sermo/audio/resample.h"

#include <fmt/format.h>
#include <soxr.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "sermo/base/check.h"

namespace sermo::audio {
namespace {

struct DeleteSoxr {
  void operator()(soxr* resampler) const { soxr_delete(resampler); }
};
using Soxr = std::unique_ptr<soxr, DeleteSoxr>;

Soxr make_soxr(int from_hz, int to_hz) {
  const soxr_io_spec_t types = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  const soxr_runtime_spec_t one_thread = soxr_runtime_spec(1);
  soxr_error_t error = nullptr;
  Soxr resampler(soxr_create(from_hz, to_hz, 1, &error, &types, &quality, &one_thread));
  SERMO_CHECK(error == nullptr && resampler != nullptr, "libsoxr takes rates within its range");
  return resampler;
}

// One step: takes from the front of `piece` and fills from the front of `room`. An empty piece says
// that no input is left. Returns how many samples were taken.
size_t process(soxr* resampler, std::span<const float> piece, std::span<float>& room) {
  size_t num_taken = 0;
  size_t num_given = 0;
  const soxr_error_t error =
      soxr_process(resampler, piece.empty() ? nullptr : piece.data(), piece.size(), &num_taken,
                   room.data(), room.size(), &num_given);
  SERMO_CHECK(error == nullptr, "libsoxr processes what it accepted");
  room = room.subspan(num_given);
  return num_taken;
}

}  // namespace

size_t resampled_size(size_t num_samples, int from_hz, int to_hz) {
  if (from_hz == to_hz) return num_samples;
  const double ratio = static_cast<double>(to_hz) / from_hz;
  return static_cast<size_t>(std::ceil(static_cast<double>(num_samples) * ratio));
}

Result<std::vector<float>> resample(std::span<const float> samples, int from_hz, int to_hz) {
  std::vector<float> out;
  SERMO_TRY_VOID(resample(samples, from_hz, to_hz, out));
  return out;
}

Result<void> resample(std::span<const float> samples, int from_hz, int to_hz,
                      std::vector<float>& out) {
  for (const int rate_hz : {from_hz, to_hz}) {
    if (rate_hz < kMinResampleRateHz || rate_hz > kMaxResampleRateHz) {
      return fail(ErrorCode::kUnsupported,
                  fmt::format("cannot resample from {} Hz to {} Hz, wanted rates of {} to {} Hz",
                              from_hz, to_hz, kMinResampleRateHz, kMaxResampleRateHz));
    }
  }
  if (from_hz == to_hz) {
    out.assign(samples.begin(), samples.end());
    return {};
  }

  // What libsoxr does not fill stays zero. Input in pieces gives the same bits as all of it in one
  // call (soxr_oneshot) and takes half the time.
  constexpr size_t kPieceSamples = 8192;
  out.assign(resampled_size(samples.size(), from_hz, to_hz), 0.0f);
  std::span<float> room(out);
  const Soxr resampler = make_soxr(from_hz, to_hz);
  while (!samples.empty() && !room.empty()) {
    const size_t room_before = room.size();
    const std::span<const float> piece = samples.first(std::min(samples.size(), kPieceSamples));
    const size_t num_taken = process(resampler.get(), piece, room);
    SERMO_CHECK(num_taken > 0 || room.size() < room_before, "libsoxr goes on");
    samples = samples.subspan(num_taken);
  }
  for (size_t room_before = 0; !room.empty() && room.size() != room_before;) {
    room_before = room.size();
    process(resampler.get(), {}, room);
  }
  return {};
}

}  // namespace sermo::audio
