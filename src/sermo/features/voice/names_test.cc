#include "sermo/features/voice/names.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "sermo/features/voice/contours.h"
#include "sermo/features/voice/page.h"
#include "voice_goldens.h"

namespace sermo::features {
namespace {

TEST(VoiceNames, TheGroupsAreThoseOfTheReferenceInItsOrder) {
  std::ifstream file(testing::voice_golden_dir() / "provenance.json");
  const auto want = nlohmann::ordered_json::parse(file).at("groups");
  ASSERT_EQ(voice_groups().size(), want.size());
  size_t first = 0;
  size_t g = 0;
  for (const auto& [name, size] : want.items()) {
    EXPECT_EQ(voice_groups()[g].name, name);
    EXPECT_EQ(voice_groups()[g].first, first) << name;
    EXPECT_EQ(voice_groups()[g].features.size(), size.get<size_t>()) << name;
    first += size.get<size_t>();
    ++g;
  }
  EXPECT_EQ(first, 3728);
}

TEST(VoiceNames, EveryNumberHasANameOfItsOwnAndSaysWhatItIs) {
  std::set<std::string> names;
  for (const VoiceGroupInfo& group : voice_groups()) {
    EXPECT_FALSE(group.what.empty());
    for (const FeatureInfo& feature : group.features) {
      EXPECT_TRUE(names.insert(feature.name).second) << feature.name;
      EXPECT_GT(feature.what.size(), 5) << feature.name;
      for (const char c : feature.name)
        EXPECT_TRUE(std::islower(c) || std::isdigit(c) || c == '_' || c == '.') << feature.name;
    }
  }
}

TEST(VoiceNames, StandWhereTheExtractorPutsThem) {
  const auto name = [](VoiceGroup group, size_t i) {
    return voice_groups()[static_cast<size_t>(group)].features.at(i).name;
  };
  using enum VoiceGroup;
  EXPECT_EQ(name(kMfccMoments, 3), "mfcc_03_mean");
  EXPECT_EQ(name(kMfccMoments, 20), "mfcc_00_std");
  EXPECT_EQ(name(kSpecPercentiles, 19), "centroid_p25");
  EXPECT_EQ(name(kSpecEighths, 151), "zcr_eighth_8");
  EXPECT_EQ(name(kPerturbation, 1), "shimmer_mean");
  EXPECT_EQ(name(kHarmonics, 59), "h1_a3_third_3");
  EXPECT_EQ(name(kEnergy, 21), "energy_voiced_std");
  EXPECT_EQ(name(kF0Contour, 0), "f0_cosine_1");
  EXPECT_EQ(name(kRhythm, 2), "num_voiced_runs");
  EXPECT_EQ(name(kCovariance, 1), "cov_mfcc_00_mfcc_01");
  EXPECT_EQ(name(kCorrelation, 324), "corr_delta_11_delta_12");
  EXPECT_EQ(name(kLogMelModulation, 26), "logmel_00_modulation_1.5_3_hz");
  EXPECT_EQ(name(kSecondHalfCovariance, 350), "cov_half_2_delta_12_delta_12");
}

// Whether `name` is `pattern` with a name for each star.
bool matches(std::string_view pattern, std::string_view name) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  for (size_t end = star + 1; end <= name.size(); ++end)
    if (matches(pattern.substr(star + 1), name.substr(end))) return true;
  return false;
}

TEST(VoiceNames, RunsSayEveryNumberOnce) {
  for (const VoiceGroupInfo& group : voice_groups()) {
    size_t at = 0;
    for (const FeatureRun& run : group.runs) {
      ASSERT_LE(at + run.count, group.features.size()) << group.name;
      for (size_t i = 0; i < run.count; ++i, ++at)
        EXPECT_TRUE(matches(run.name, group.features[at].name))
            << run.name << " " << group.features[at].name;
    }
    EXPECT_EQ(at, group.features.size()) << group.name;
  }
}

TEST(VoicePage, IsUpToDate) {
  std::ifstream file(std::filesystem::path(SERMO_SOURCE_DIR) / "docs/features/sermo-voice.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_TRUE(page == voice_page())
      << "docs/features/sermo-voice.md differs from the table in the code; make it anew with\n"
         "cmake --build build/ci --target sermo_voice_page";
}

}  // namespace
}  // namespace sermo::features
