#include "sermo/augment/room.h"

#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <vector>

namespace sermo::augment {
namespace {

// Schroeder (1965): the energy that is still to come falls along a line in dB; its slope from -5 to
// -35 dB, drawn out to -60 dB (T30 of ISO 3382).
double measured_rt60(std::span<const float> response, int rate_hz) {
  std::vector<double> to_come(response.size());
  double sum = 0.0;
  for (size_t n = response.size(); n-- > 0;) {
    sum += static_cast<double>(response[n]) * response[n];
    to_come[n] = sum;
  }
  double num = 0, st = 0, sd = 0, stt = 0, std_ = 0;
  for (size_t n = 0; n < to_come.size(); ++n) {
    const double db = 10.0 * std::log10(to_come[n] / to_come[0]);
    if (db > -5.0 || db < -35.0) continue;
    const double t = static_cast<double>(n) / rate_hz;
    num += 1;
    st += t;
    sd += db;
    stt += t * t;
    std_ += t * db;
  }
  const double slope = (num * std_ - st * sd) / (num * stt - st * st);
  return -60.0 / slope;
}

double energy(std::span<const float> samples) {
  double sum = 0.0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return sum;
}

std::span<const float> tail_of(std::span<const float> response, int rate_hz) {
  return response.subspan(static_cast<size_t>(rate_hz / 500));
}

TEST(RoomResponse, HasTheReverberationTimeThatWasAskedFor) {
  for (const int rate_hz : {16000, 22050, 48000}) {
    for (const double rt60_s : {0.15, 0.4, 0.6, 1.5}) {
      double mean = 0.0;
      for (uint64_t seed = 0; seed < 8; ++seed) {
        Random random(seed, 0);
        const std::vector<float> response = room_response({rt60_s, 0}, rate_hz, random);
        // Behind the direct sound, which is no part of the decay.
        mean += measured_rt60(tail_of(response, rate_hz), rate_hz) / 8;
      }
      EXPECT_NEAR(mean, rt60_s, 0.03 * rt60_s) << rate_hz << " Hz";
    }
  }
}

TEST(RoomResponse, HasTheRatioOfDirectSoundThatWasAskedFor) {
  for (const double direct_db : {-10.0, 0.0, 6.0}) {
    Random random(1, 0);
    const std::vector<float> response = room_response({0.4, direct_db}, 16000, random);
    const double direct = energy(std::span(response).first(1));
    EXPECT_EQ(response[0], 1.0f);
    EXPECT_EQ(energy(std::span(response).subspan(1, 31)), 0.0) << "2 ms";
    EXPECT_NEAR(10.0 * std::log10(direct / energy(tail_of(response, 16000))), direct_db, 0.001);
  }
}

TEST(RoomResponse, TheSeedDecides) {
  Random first(1, 0), again(1, 0), other(2, 0);
  const std::vector<float> response = room_response({0.2, 0}, 16000, first);
  EXPECT_EQ(response, room_response({0.2, 0}, 16000, again));
  EXPECT_NE(response, room_response({0.2, 0}, 16000, other));
}

}  // namespace
}  // namespace sermo::augment
