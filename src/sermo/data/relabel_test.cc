#include "sermo/data/relabel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sermo::data {
namespace {

using ::testing::ElementsAre;

Table table_of_three() {
  Table table;
  table.features = Matrix({1.0f, 2.0f, 3.0f}, 3, 1);
  table.labels = {"sad", "sad", "angry"};
  table.speakers = {1, 2, 3};
  table.paths = {"a.wav", "b/c.wav", "d.wav"};
  table.schema = features::make_schema("test", 1, "{}", {"f"});
  return table;
}

TEST(Relabel, LabelsAndSpeakersAreThoseOfTheMetadataByPath) {
  const Relabelled found =
      relabel(table_of_three(), {{"d.wav", {"calm", 7}}, {"a.wav", {"tired", kUnknownSpeaker}}});
  EXPECT_THAT(found.table.labels, ElementsAre("tired", "", "calm"));
  EXPECT_THAT(found.table.speakers, ElementsAre(kUnknownSpeaker, kUnknownSpeaker, 7));
  EXPECT_THAT(found.table.paths, ElementsAre("a.wav", "b/c.wav", "d.wav"));
  EXPECT_TRUE(
      std::ranges::equal(found.table.features.values(), table_of_three().features.values()));
  EXPECT_THAT(found.rows_without_entry, ElementsAre("b/c.wav"));
  EXPECT_TRUE(found.entries_without_row.empty());
}

TEST(Relabel, WhatMeetsNothingIsListed) {
  const Relabelled found =
      relabel(table_of_three(), {{"x.wav", {"calm", 1}}, {"c.wav", {"calm", 1}}});
  EXPECT_THAT(found.rows_without_entry, ElementsAre("a.wav", "b/c.wav", "d.wav"));
  EXPECT_THAT(found.entries_without_row, ElementsAre("c.wav", "x.wav"));
}

}  // namespace
}  // namespace sermo::data
