#include "sermo/data/labeller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sermo/base/file.h"
#include "temporary_folder.h"

namespace sermo::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

Result<Metadata> metadata_of(std::string_view csv) {
  const testing::TemporaryFolder folder;
  EXPECT_TRUE(write_file_atomically(folder.path() / "m.csv", csv));
  return read_metadata(folder.path() / "m.csv");
}

TEST(Labeller, FileNamesGiveLabelAndSpeaker) {
  EXPECT_EQ(ravdess_labeller().label_of("Actor_07/03-01-05-01-01-01-07.wav"),
            (ClipLabel{"angry", 7}));
  EXPECT_EQ(ravdess_labeller().label_of("03a01Wa.wav"), std::nullopt);
  EXPECT_EQ(emodb_labeller().label_of("x/03a01Wa.wav"), (ClipLabel{"angry", 3}));
}

TEST(Labeller, TheFirstThatKnowsThePathAnswers) {
  const std::vector<Labeller> labellers = {
      metadata_labeller({{"03a01Wa.wav", {"furious", 90}}, {"b.wav", {"", kUnknownSpeaker}}}),
      emodb_labeller()};
  EXPECT_EQ(label_path(labellers, "03a01Wa.wav"), (ClipLabel{"furious", 90}));
  EXPECT_EQ(label_path(labellers, "08a01Wa.wav"), (ClipLabel{"angry", 8}));
  EXPECT_EQ(label_path(labellers, "b.wav"), ClipLabel{});
  EXPECT_EQ(label_path(labellers, "c.wav"), std::nullopt);
  EXPECT_EQ(label_path({}, "c.wav"), std::nullopt);
}

TEST(Metadata, ReadsPathLabelAndSpeakerInAnyOrder) {
  EXPECT_THAT(
      metadata_of("path,label,speaker\na.wav,angry,3\n\"b,\"\"c\"\"\n.wav\",sad,\n").value(),
      ElementsAre(Pair("a.wav", ClipLabel{"angry", 3}),
                  Pair("b,\"c\"\n.wav", ClipLabel{"sad", kUnknownSpeaker})));
  EXPECT_THAT(metadata_of("speaker,age,label,path\r\n7,31,calm,./sub//a.wav\r\n").value(),
              ElementsAre(Pair("sub/a.wav", ClipLabel{"calm", 7})));
  EXPECT_THAT(metadata_of("path,label\ncaf\xE9.wav,sad\n").value(),
              ElementsAre(Pair("caf\xE9.wav", ClipLabel{"sad", kUnknownSpeaker})));
}

TEST(Metadata, SpeakersThatAreNoNumbersAreNumbered) {
  EXPECT_THAT(metadata_of("path,label,speaker\na,x,mia\nb,x,7\nc,x,\nd,x,ben\ne,x,mia\n").value(),
              ElementsAre(Pair("a", ClipLabel{"x", 2}), Pair("b", ClipLabel{"x", 0}),
                          Pair("c", ClipLabel{"x", kUnknownSpeaker}), Pair("d", ClipLabel{"x", 1}),
                          Pair("e", ClipLabel{"x", 2})));
}

TEST(Metadata, WhatDoesNotFitIsNamed) {
  const auto message = [](std::string_view csv) {
    const Result<Metadata> metadata = metadata_of(csv);
    EXPECT_FALSE(metadata) << csv;
    EXPECT_EQ(metadata.error().code, ErrorCode::kCorrupt) << csv;
    return metadata.error().message;
  };
  EXPECT_THAT(message(""), HasSubstr("m.csv: empty"));
  EXPECT_THAT(message("file,label\n"), HasSubstr("columns file, label, wanted path"));
  EXPECT_THAT(message("path,label\na.wav\n"), HasSubstr("line 2: 1 fields, wanted 2"));
  EXPECT_THAT(message("path,label\n,sad\n"), HasSubstr("line 2: no path"));
  EXPECT_THAT(message("path,label\na.wav,f\xFCr\n"), HasSubstr("line 2: the label is no UTF-8"));
  EXPECT_THAT(message("path,label\na.wav,x\n./a.wav,y\n"), HasSubstr("line 3: 'a.wav' is listed"));
  EXPECT_THAT(message("path,label\n\"a.wav,x\n"), HasSubstr("line 2"));
  EXPECT_EQ(read_metadata("/nowhere.csv").error().code, ErrorCode::kNotFound);
}

TEST(Metadata, PathsWithoutAClipAreListed) {
  const Metadata metadata = {{"a", {}}, {"b", {}}, {"c", {}}};
  const std::vector<std::string> paths = {"c", "a", "d"};
  EXPECT_THAT(paths_without_clip(metadata, paths), ElementsAre("b"));
}

}  // namespace
}  // namespace sermo::data
