#include "sermo/data/build_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "fake_extractor.h"
#include "sermo/base/file.h"
#include "temporary_folder.h"
#include "wav_bytes.h"

namespace sermo::data {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::FakeExtractor;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

// A tone whose pitch and length depend on `seed`.
std::vector<int16_t> tone(int seed, size_t num_samples = 4000) {
  std::vector<int16_t> samples(num_samples + static_cast<size_t>(seed));
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] =
        static_cast<int16_t>(9000.0 * std::sin(0.01 * (seed + 1) * static_cast<double>(i)));
  return samples;
}

class BuildTable : public ::testing::Test {
 protected:
  fs::path clips() const { return folder_.path() / "clips"; }
  void add(const std::string& name, std::string_view bytes) const {
    ASSERT_TRUE(write_file_atomically(clips() / name, bytes));
  }
  void add_tone(const std::string& name, int seed) const {
    add(name, testing::wav<int16_t>({}, tone(seed)).string());
  }
  BuiltTables build(const BuildOptions& options) const {
    const fs::path root = clips();
    Result<BuiltTables> built = build_tables(std::span(&root, 1), extractors_, options);
    EXPECT_TRUE(built);
    EXPECT_TRUE(check_table(built->tables[0]));
    return std::move(*built);
  }
  BuildOptions with_cache() const {
    BuildOptions options;
    options.cache_folder = folder_.path() / "cache";
    return options;
  }

  TemporaryFolder folder_;
  std::shared_ptr<const FakeExtractor> extractor_ = std::make_shared<const FakeExtractor>();
  std::vector<std::shared_ptr<const features::Extractor>> extractors_ = {extractor_};
};

TEST_F(BuildTable, ARowAClipInOrderWithLabelAndSpeaker) {
  add_tone("Actor_02/03-01-05-01-01-01-02.wav", 1);
  add_tone("Actor_01/03-01-01-01-01-01-01.wav", 2);
  add_tone("foreign.wav", 3);
  BuildOptions options;
  options.labellers = {ravdess_labeller()};
  const BuiltTables built = build(options);
  EXPECT_THAT(built.tables[0].paths,
              ElementsAre("Actor_01/03-01-01-01-01-01-01.wav", "Actor_02/03-01-05-01-01-01-02.wav",
                          "foreign.wav"));
  EXPECT_THAT(built.tables[0].labels, ElementsAre("neutral", "angry", ""));
  EXPECT_THAT(built.tables[0].speakers, ElementsAre(1, 2, kUnknownSpeaker));
  EXPECT_EQ(built.tables[0].schema, extractor_->schema());
  // 16 kHz to the extractor's 8 kHz, rounded up.
  EXPECT_EQ(built.tables[0].features(0, 2), 2001.0f);
  EXPECT_NEAR(built.tables[0].features(0, 1), 9000.0 / 32768 / std::sqrt(2.0), 0.01);
  EXPECT_THAT(built.failures, IsEmpty());
  EXPECT_THAT(built.skipped, IsEmpty());

  options.unlabelled = Unlabelled::kSkip;
  const int num_calls = extractor_->num_calls();
  const BuiltTables labelled = build(options);
  EXPECT_EQ(labelled.tables[0].num_rows(), 2U);
  EXPECT_EQ(extractor_->num_calls(), num_calls + 2);
  ASSERT_EQ(labelled.skipped.size(), 1U);
  EXPECT_EQ(labelled.skipped[0].name, "foreign.wav");
  EXPECT_EQ(labelled.skipped[0].reason, "no label (RAVDESS file names)");
}

TEST_F(BuildTable, FilesThatFailAreListedAndTheOthersGoOn) {
  add_tone("a.wav", 1);
  add("b.wav", "this is text");
  add("c.wav", "");
  add("d.wav", testing::wav<int16_t>({}, std::vector<int16_t>(4000)).string());
  add("e.wav", testing::wav<int16_t>({}, std::vector<int16_t>(50, 1000)).string());
  add("f.wav",
      testing::wav<float>({.format_tag = 3, .bits = 32}, std::vector<float>(4000, NAN)).string());
  add_tone("g.wav", 2);
  add("notes.txt", "text");
  fs::create_symlink("nowhere", clips() / "h.wav");
  const BuiltTables built = build({});
  EXPECT_THAT(built.tables[0].paths, ElementsAre("a.wav", "g.wav"));
  ASSERT_EQ(built.failures.size(), 5U);
  const std::vector<std::pair<std::string, ErrorCode>> wanted = {{"b.wav", ErrorCode::kUnsupported},
                                                                 {"c.wav", ErrorCode::kTooShort},
                                                                 {"d.wav", ErrorCode::kSilent},
                                                                 {"e.wav", ErrorCode::kTooShort},
                                                                 {"f.wav", ErrorCode::kNotFinite}};
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(built.failures[i].name, wanted[i].first);
    EXPECT_EQ(built.failures[i].error.code, wanted[i].second)
        << wanted[i].first << ": " << built.failures[i].error.message;
    EXPECT_EQ(built.failures[i].error.message.find(clips().string()), std::string::npos);
  }
  EXPECT_EQ(built.skipped.size(), 2U);
}

TEST_F(BuildTable, TheNumberOfThreadsChangesNothing) {
  for (int i = 0; i < 40; ++i) add_tone("clip" + std::to_string(i) + ".wav", i);
  BuildOptions options;
  const BuiltTables one = build(options);
  EXPECT_EQ(extractor_->num_workspaces(), 1);
  for (const int num_threads : {0, 2, 7, 100}) {
    options.num_threads = num_threads;
    EXPECT_EQ(fingerprint(build(options).tables[0]), fingerprint(one.tables[0])) << num_threads;
  }
}

TEST_F(BuildTable, TheCacheGivesTheSameTableWithoutExtracting) {
  for (int i = 0; i < 10; ++i) add_tone("clip" + std::to_string(i) + ".wav", i);
  add_tone("copy.wav", 3);
  const std::string cut = testing::wav_header({}, 36 + 80000, 80000).string() +
                          testing::wav<int16_t>({}, tone(50)).string().substr(44);
  add("cut.wav", cut);
  add("text.wav", "text");
  BuildOptions options = with_cache();
  const BuiltTables first = build(options);
  EXPECT_EQ(first.num_cached, 1U);  // the copy
  EXPECT_EQ(first.tables[0].num_rows(), 12U);
  ASSERT_EQ(first.warnings.size(), 1U);
  EXPECT_EQ(first.warnings[0].name, "cut.wav");
  EXPECT_THAT(first.warnings[0].warnings, ElementsAre(HasSubstr("truncated")));
  EXPECT_THAT(first.duplicates, ElementsAre(ElementsAre("clip3.wav", "copy.wav")));
  EXPECT_EQ(first.cache_error, std::nullopt);

  const int num_calls = extractor_->num_calls();
  const BuiltTables second = build(options);
  EXPECT_EQ(extractor_->num_calls(), num_calls);
  EXPECT_EQ(second.num_cached, 12U);
  EXPECT_EQ(fingerprint(second.tables[0]), fingerprint(first.tables[0]));
  EXPECT_EQ(second.duplicates, first.duplicates);
  ASSERT_EQ(second.warnings.size(), first.warnings.size());
  for (size_t i = 0; i < first.warnings.size(); ++i) {
    EXPECT_EQ(second.warnings[i].name, first.warnings[i].name);
    EXPECT_EQ(second.warnings[i].warnings, first.warnings[i].warnings);
  }
  EXPECT_EQ(second.failures.size(), 1U);

  // A renamed file is known by its content; a file with other content under the old name is not.
  fs::rename(clips() / "clip5.wav", clips() / "renamed.wav");
  add_tone("clip6.wav", 99);
  const BuiltTables third = build(options);
  EXPECT_EQ(extractor_->num_calls(), num_calls + 1);
  EXPECT_EQ(third.num_cached, 11U);
  const auto other = std::make_shared<const FakeExtractor>(2);
  extractors_ = {other};
  EXPECT_EQ(build(options).num_cached, 1U);
  EXPECT_EQ(other->num_calls(), 11);
}

TEST_F(BuildTable, SeveralSchemasAreOfTheSameClips) {
  for (int i = 0; i < 5; ++i) add_tone("clip" + std::to_string(i) + ".wav", i);
  add("short.wav", testing::wav<int16_t>({}, std::vector<int16_t>(300, 1000)).string());
  const auto slow = std::make_shared<const FakeExtractor>(2, "{}", 4000);
  const BuildOptions options = with_cache();
  const BuiltTables first_alone = build(options);
  EXPECT_EQ(first_alone.tables[0].num_rows(), 6U);
  extractors_ = {slow};
  const BuiltTables second_alone = build(options);
  extractors_ = {extractor_, slow};
  const int num_calls = extractor_->num_calls();
  const BuiltTables both = build(options);
  ASSERT_EQ(both.tables.size(), 2U);
  EXPECT_EQ(both.tables[0].paths, both.tables[1].paths);
  // 300 samples at 16 kHz are 150 at 8 kHz and 75 at 4 kHz: too short for one, left out of both.
  EXPECT_EQ(both.tables[0].num_rows(), 5U);
  ASSERT_EQ(both.failures.size(), 1U);
  EXPECT_EQ(both.failures[0].name, "short.wav");
  EXPECT_EQ(both.failures[0].error, (Error{ErrorCode::kTooShort, "fake: fewer than 100 samples"}));
  EXPECT_EQ(fingerprint(both.tables[1]), fingerprint(second_alone.tables[0]));
  EXPECT_TRUE(
      std::ranges::equal(both.tables[0].features.row(4), first_alone.tables[0].features.row(4)));
  // Both caches help, each its own schema.
  EXPECT_EQ(extractor_->num_calls(), num_calls);
  EXPECT_EQ(both.num_cached, 5U);
}

TEST_F(BuildTable, CopiesAreToldByTheirSamplesNotTheirBytes) {
  add_tone("a.wav", 1);
  add_tone("b.wav", 2);
  // The same samples as 24-bit integers.
  std::string wide = testing::wav_header({.bits = 24}, 36 + 3 * 4001, 3 * 4001).string();
  for (const int16_t sample : tone(1)) {
    wide += '\0';
    wide.append(reinterpret_cast<const char*>(&sample), 2);
  }
  add("sub/a24.wav", wide);
  add_tone("sub/b.wav", 2);
  // The same samples at another rate are another sound.
  add("slow.wav", testing::wav<int16_t>({.sample_rate_hz = 8000}, tone(1)).string());
  const BuiltTables built = build({});
  EXPECT_THAT(built.duplicates,
              ElementsAre(ElementsAre("a.wav", "sub/a24.wav"), ElementsAre("b.wav", "sub/b.wav")));
  EXPECT_EQ(built.tables[0].num_rows(), 5U);
}

TEST_F(BuildTable, ACacheThatCannotBeWrittenIsReportedOnceAndNotNeeded) {
  add_tone("a.wav", 1);
  add_tone("b.wav", 2);
  BuildOptions options;
  options.cache_folder = clips() / "a.wav";
  const BuiltTables built = build(options);
  EXPECT_EQ(built.tables[0].num_rows(), 2U);
  ASSERT_TRUE(built.cache_error);
  EXPECT_EQ(built.cache_error->code, ErrorCode::kNotWritable);
}

TEST_F(BuildTable, ProgressCountsToTheEnd) {
  for (int i = 0; i < 12; ++i) add_tone("clip" + std::to_string(i) + ".wav", i);
  add("text.wav", "text");
  std::vector<BuildProgress> seen;
  BuildOptions options;
  options.num_threads = 3;
  options.progress = [&seen](const BuildProgress& progress) { seen.push_back(progress); };
  build(options);
  ASSERT_EQ(seen.size(), 13U);
  for (size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].num_done, i + 1);
    EXPECT_EQ(seen[i].num_total, 13U);
  }
  EXPECT_EQ(seen.back().num_failed, 1U);
  EXPECT_EQ(seen.back().num_cached, 0U);
}

TEST_F(BuildTable, StopsWhenAsked) {
  for (int i = 0; i < 12; ++i) add_tone("clip" + std::to_string(i) + ".wav", i);
  std::stop_source stop;
  BuildOptions options;
  options.cancel = stop.get_token();
  options.progress = [&stop](const BuildProgress& progress) {
    if (progress.num_done == 3) stop.request_stop();
  };
  const fs::path root = clips();
  const Result<BuiltTables> built = build_tables(std::span(&root, 1), extractors_, options);
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(extractor_->num_calls(), 3);

  // Asked after the last file, it is too late to matter.
  std::stop_source late;
  options.cancel = late.get_token();
  options.progress = [&late](const BuildProgress& progress) {
    if (progress.num_done == progress.num_total) late.request_stop();
  };
  EXPECT_TRUE(build_tables(std::span(&root, 1), extractors_, options));
}

TEST_F(BuildTable, NothingToReadIsAnEmptyTableWithReasons) {
  fs::create_directories(clips());
  const BuiltTables empty = build({});
  EXPECT_EQ(empty.tables[0].num_rows(), 0U);
  ASSERT_EQ(empty.failures.size(), 1U);
  EXPECT_EQ(empty.failures[0].error.code, ErrorCode::kNotFound);

  add_tone("unlabelled.wav", 1);
  BuildOptions options;
  options.labellers = {ravdess_labeller()};
  options.unlabelled = Unlabelled::kSkip;
  const BuiltTables unlabelled = build(options);
  EXPECT_EQ(unlabelled.tables[0].num_rows(), 0U);
  EXPECT_EQ(unlabelled.skipped.size(), 1U);
  EXPECT_EQ(labelled_rows(unlabelled.tables[0]).error().code, ErrorCode::kTooShort);

  const std::vector<fs::path> roots = {folder_.path() / "none", folder_.path() / "clips"};
  const Result<BuiltTables> half = build_tables(roots, extractors_, {});
  EXPECT_EQ(half->tables[0].num_rows(), 1U);
  EXPECT_EQ(half->failures.at(0).error.code, ErrorCode::kNotFound);
}

// Under one schema.
BuildOptions with_copies(BuildOptions options, const std::string& recipe, uint64_t seed = 42) {
  options.copies.recipes = {augment::parse_recipe(recipe).value()};
  options.copies.seed = seed;
  return options;
}

TEST_F(BuildTable, CopiesStandBehindTheRecordings) {
  add_tone("Actor_02/03-01-05-01-01-01-02.wav", 1);
  add_tone("Actor_01/03-01-01-01-01-01-01.wav", 2);
  add_tone("unknown.wav", 3);
  BuildOptions options;
  options.labellers = {ravdess_labeller()};
  const BuiltTables plain = build(options);
  const BuiltTables built = build(with_copies(options, "gain -20 dB,speed 0.5"));
  ASSERT_EQ(built.tables[0].num_rows(), 9U);
  EXPECT_EQ(built.tables[0].num_copies(), 6U);
  const std::vector<size_t> first = {0, 1, 2};
  EXPECT_EQ(fingerprint(select_rows(built.tables[0], first)), fingerprint(plain.tables[0]));
  EXPECT_THAT(source_rows(built.tables[0]).value(), ElementsAre(0, 1, 2, 0, 0, 1, 1, 2, 2));
  EXPECT_THAT(built.tables[0].conditions,
              ElementsAre("", "", "", "gain -20 dB", "speed 0.5", "gain -20 dB", "speed 0.5",
                          "gain -20 dB", "speed 0.5"));
  for (size_t r = 0; r < 3; ++r) {
    const auto source = built.tables[0].features.row(r);
    // Root mean square and number of samples.
    EXPECT_NEAR(built.tables[0].features(3 + 2 * r, 1), 0.1f * source[1], 1e-6f);
    EXPECT_NEAR(built.tables[0].features(4 + 2 * r, 2), 2.0f * source[2], 1.0f);
  }
  EXPECT_EQ(built.duplicates.size(), 0U) << "a copy is no recording that stands in two files";
}

TEST_F(BuildTable, CopiesDependOnTheRecordingAndTheSeedAlone) {
  for (int i = 0; i < 12; ++i) add_tone("clip" + std::to_string(i) + ".wav", i);
  const BuildOptions options = with_copies({}, "degraded:3,speed");
  const BuiltTables one = build(options);
  BuildOptions threads = options;
  threads.num_threads = 5;
  EXPECT_EQ(fingerprint(build(threads).tables[0]), fingerprint(one.tables[0]));
  EXPECT_NE(fingerprint(build(with_copies({}, "degraded:3,speed", 43)).tables[0]),
            fingerprint(one.tables[0]));
  // Under another name and among other files a recording has the same copies.
  fs::rename(clips() / "clip11.wav", clips() / "a.wav");
  fs::remove(clips() / "clip10.wav");
  const BuiltTables renamed = build(options);
  const auto copies_of = [](const Table& table, const std::string& path) {
    std::vector<std::pair<std::string, std::vector<float>>> copies;
    for (size_t r = 0; r < table.num_rows(); ++r) {
      if (table.paths[r] == path && table.is_copy(r))
        copies.emplace_back(table.conditions[r], std::vector<float>(table.features.row(r).begin(),
                                                                    table.features.row(r).end()));
    }
    return copies;
  };
  EXPECT_EQ(copies_of(renamed.tables[0], "a.wav").size(), 5U);
  EXPECT_EQ(copies_of(renamed.tables[0], "a.wav"), copies_of(one.tables[0], "clip11.wav"));
}

TEST_F(BuildTable, TheCacheKnowsCopiesApart) {
  for (int i = 0; i < 4; ++i) add_tone("clip" + std::to_string(i) + ".wav", i);
  const BuildOptions options = with_copies(with_cache(), "degraded:2");
  const std::string wanted = fingerprint(build(with_copies({}, "degraded:2")).tables[0]);
  (void)build(with_cache());  // the recordings themselves are known already
  const int before = extractor_->num_calls();
  const BuiltTables first = build(options);
  EXPECT_EQ(extractor_->num_calls(), before + 8) << "two copies of each, and nothing twice";
  EXPECT_EQ(first.num_cached, 0U);
  EXPECT_EQ(fingerprint(first.tables[0]), wanted);
  const BuiltTables second = build(options);
  EXPECT_EQ(extractor_->num_calls(), before + 8);
  EXPECT_EQ(second.num_cached, 4U);
  EXPECT_EQ(fingerprint(second.tables[0]), wanted);
  (void)build(with_copies(with_cache(), "degraded:2", 7));
  EXPECT_EQ(extractor_->num_calls(), before + 16) << "another seed, other copies";
  (void)build(with_copies(with_cache(), "degraded:3"));
  EXPECT_EQ(extractor_->num_calls(), before + 20) << "the first two are the same";
}

TEST_F(BuildTable, EachSchemaHasCopiesByItsOwnRecipe) {
  for (int i = 0; i < 6; ++i) add_tone("clip" + std::to_string(i) + ".wav", i);
  const auto slow = std::make_shared<const FakeExtractor>(2, "{}", 4000);
  // What each gives alone.
  const std::string first_alone = fingerprint(build({}).tables[0]);
  extractors_ = {slow};
  const std::string second_alone =
      fingerprint(build(with_copies({}, "degraded:3,speed")).tables[0]);

  extractors_ = {extractor_, slow};
  BuildOptions options = with_cache();
  options.copies.recipes = {augment::Recipe{}, augment::parse_recipe("degraded:3,speed").value()};
  const int first_calls = extractor_->num_calls(), second_calls = slow->num_calls();
  const BuiltTables both = build(options);
  EXPECT_EQ(fingerprint(both.tables[0]), first_alone);
  EXPECT_EQ(fingerprint(both.tables[1]), second_alone);
  EXPECT_EQ(clips_fingerprint(both.tables[0]), clips_fingerprint(both.tables[1]));
  EXPECT_EQ(extractor_->num_calls(), first_calls + 6);
  EXPECT_EQ(slow->num_calls(), second_calls + 6 * 6);
  EXPECT_EQ(both.num_decodes, 6U) << "each recording once, for both schemas and all copies";
  // What is cached is known under the same keys to a run of one schema.
  extractors_ = {slow};
  EXPECT_EQ(build(with_copies(with_cache(), "degraded:3,speed")).num_cached, 6U);
  extractors_ = {extractor_};
  const BuiltTables known = build(with_cache());
  EXPECT_EQ(known.num_cached, 6U);
  EXPECT_EQ(known.num_decodes, 0U);
}

TEST_F(BuildTable, ACopyThatOneSchemaCannotUseStaysInTheOthersTable) {
  // 200 samples at 8 kHz and 100 at 4 kHz, which are just enough, but not at twice the speed.
  add("short.wav", testing::wav<int16_t>({}, std::vector<int16_t>(400, 900)).string());
  add_tone("long.wav", 1);
  const auto slow = std::make_shared<const FakeExtractor>(2, "{}", 4000);
  extractors_ = {extractor_, slow};
  BuildOptions options;
  options.copies.recipes.assign(2, augment::parse_recipe("speed 2").value());
  const BuiltTables built = build(options);
  EXPECT_THAT(built.tables[0].paths, ElementsAre("long.wav", "short.wav", "long.wav", "short.wav"));
  EXPECT_THAT(built.tables[1].paths, ElementsAre("long.wav", "short.wav", "long.wav"));
  ASSERT_EQ(built.failures.size(), 1U);
  EXPECT_EQ(built.failures[0].name, "short.wav (speed 2)");
  EXPECT_EQ(built.failures[0].error, (Error{ErrorCode::kTooShort, "fake: fewer than 100 samples"}));
}

TEST_F(BuildTable, CopiesOfOneConditionAreDrawnApart) {
  add_tone("a.wav", 1);
  const Table table = build(with_copies({}, "room 0.1 s:2")).tables[0];
  EXPECT_THAT(table.conditions, ElementsAre("", "room 0.1 s", "room 0.1 s"));
  EXPECT_NE(table.features(1, 1), table.features(2, 1));
}

TEST_F(BuildTable, BabbleDependsOnTheTalkers) {
  add_tone("a.wav", 1);
  const auto talkers = [](float level) {
    std::vector<float> voice(4000);
    for (size_t i = 0; i < voice.size(); ++i)
      voice[i] = level * std::sin(0.3f * static_cast<float>(i * (level > 1 ? i : 1)));
    return std::make_shared<augment::Talkers>(*augment::Talkers::create({voice}, 8000));
  };
  BuildOptions options = with_copies(with_cache(), "babble 10 dB");
  const BuiltTables none = build(options);
  ASSERT_EQ(none.failures.size(), 1U);
  EXPECT_EQ(none.failures[0].name, "a.wav (babble 10 dB)");
  EXPECT_EQ(none.failures[0].error.code, ErrorCode::kUsage);
  options.copies.talkers = {talkers(1.0f)};
  const std::string first = fingerprint(build(options).tables[0]);
  options.copies.talkers = {talkers(2.0f)};
  EXPECT_NE(fingerprint(build(options).tables[0]), first) << "not the cache's of other talkers";
}

TEST_F(BuildTable, ACopyThatFailsIsListedAndTheRecordingStays) {
  // 130 samples at the extractor's rate, of which a hundred are enough, but not half of them.
  add("short.wav", testing::wav<int16_t>({}, std::vector<int16_t>(260, 900)).string());
  const BuiltTables built = build(with_copies({}, "speed 2,gain 3 dB"));
  EXPECT_THAT(built.tables[0].conditions, ElementsAre("", "gain 3 dB"));
  ASSERT_EQ(built.failures.size(), 1U);
  EXPECT_EQ(built.failures[0].name, "short.wav (speed 2)");
  EXPECT_EQ(built.failures[0].error.code, ErrorCode::kTooShort);
}

}  // namespace
}  // namespace sermo::data
