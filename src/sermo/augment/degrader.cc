#include "sermo/augment/degrader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sermo/audio/resample.h"
#include "sermo/augment/level.h"
#include "sermo/augment/noise.h"
#include "sermo/augment/room.h"
#include "sermo/base/check.h"
#include "sermo/dsp/fir.h"

namespace sermo::augment {
namespace {

double amplitude_of(double db) { return std::pow(10.0, db / 20.0); }

}  // namespace

Degrader::Degrader(int rate_hz, std::shared_ptr<const Talkers> talkers)
    : rate_hz_(rate_hz), talkers_(std::move(talkers)) {
  SERMO_CHECK(talkers_ == nullptr || talkers_->rate_hz() == rate_hz, "talkers at the same rate");
}

Result<void> Degrader::degrade(const Condition& condition, uint64_t seed,
                               std::span<const float> samples, int from_hz,
                               std::vector<float>& out) {
  if (needs_talkers(condition) && talkers_ == nullptr)
    return fail(ErrorCode::kUsage, name_of(condition) + ": no other talkers were given");
  // Played faster, a recording is one that was made at a higher rate.
  const auto played_hz = static_cast<int>(std::lround(from_hz * condition.speed));
  SERMO_TRY_VOID(audio::resample(samples, played_hz, rate_hz_, out));
  for (size_t s = 0; s < condition.steps.size(); ++s) {
    Random random(seed, s);
    std::visit([&](const auto& step) { take(step, random, out); }, condition.steps[s]);
  }
  return {};
}

void Degrader::take(const Noise& noise, Random& random, std::vector<float>& samples) {
  addition_.resize(samples.size());
  make_noise(noise.colour, rate_hz_, random, convolver_, addition_);
  add_at(noise.snr_db, samples);
}

void Degrader::take(const Babble& babble, Random& random, std::vector<float>& samples) {
  addition_.resize(samples.size());
  talkers_->mix(random, addition_);
  add_at(babble.snr_db, samples);
}

void Degrader::take(const LowPass& band, Random& /*random*/, std::vector<float>& samples) {
  const std::vector<float> kernel =
      dsp::low_pass_kernel(rate_hz_, std::min(1000.0 * band.edge_khz, highest_edge_hz()));
  filter(kernel, kernel.size() / 2, samples);
}

void Degrader::take(const BandPass& band, Random& /*random*/, std::vector<float>& samples) {
  const std::vector<float> kernel =
      dsp::band_pass_kernel(rate_hz_, std::min(band.low_hz, 0.5 * highest_edge_hz()),
                            std::min(band.high_hz, highest_edge_hz()));
  filter(kernel, kernel.size() / 2, samples);
}

void Degrader::take(const Room& room, Random& random, std::vector<float>& samples) {
  filter(room_response(room, rate_hz_, random), 0, samples);
}

void Degrader::take(const Gain& gain, Random& /*random*/, std::vector<float>& samples) {
  const auto factor = static_cast<float>(amplitude_of(gain.db));
  for (float& sample : samples) sample *= factor;
}

// Scaled by what it is and not by what it should be, so that the ratio holds exactly.
void Degrader::add_at(double snr_db, std::vector<float>& samples) {
  const double level = root_mean_square(addition_);
  if (level == 0.0) return;
  const auto scale = static_cast<float>(root_mean_square(samples) / (level * amplitude_of(snr_db)));
  for (size_t i = 0; i < samples.size(); ++i) samples[i] += scale * addition_[i];
}

void Degrader::filter(std::span<const float> kernel, size_t first, std::vector<float>& samples) {
  filtered_.resize(samples.size());
  convolver_.convolve(samples, kernel, first, filtered_);
  std::swap(samples, filtered_);
}

double Degrader::highest_edge_hz() const { return 0.5 * (rate_hz_ - dsp::kFirTransitionHz); }

}  // namespace sermo::augment
