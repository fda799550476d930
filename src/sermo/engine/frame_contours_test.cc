#include "sermo/engine/frame_contours.h"

#include <gtest/gtest.h>

#include "sermo/audio/decode.h"
#include "sermo/base/csv.h"
#include "sermo/base/file.h"
#include "sermo/base/npz.h"
#include "sermo/data/frame_contours_io.h"
#include "temporary_folder.h"
#include "test_paths.h"

namespace sermo::engine {
namespace {

audio::DecodedAudio recording() {
  return *audio::decode_file(testing::source_dir() / "samples" / "measured.flac");
}

TEST(FrameContours, CoverARecordingAtItsOwnTimes) {
  const audio::DecodedAudio audio = recording();
  const auto contours = frame_contours(audio);
  ASSERT_TRUE(contours.has_value()) << contours.error().message;
  ASSERT_GT(contours->values.num_rows(), 50);
  EXPECT_GE(contours->first_time_s, 0.0);
  EXPECT_LE(contours->time_s(contours->values.num_rows() - 1), audio.duration_s() + 0.01);
  EXPECT_EQ(contours->contours[0].name, "f0");
}

TEST(FrameContours, FilesHoldThemAll) {
  const testing::TemporaryFolder folder;
  const auto contours = *frame_contours(recording());
  const size_t num_frames = contours.values.num_rows();
  ASSERT_TRUE(data::write_frame_contours(folder.path() / "a.npz", contours, "some/1"));
  const auto archive = read_npz(folder.path() / "a.npz");
  ASSERT_TRUE(archive.has_value());
  const Matrix values = *to_matrix(**archive->find("X"));
  EXPECT_EQ(values.num_rows(), num_frames);
  EXPECT_TRUE(std::ranges::equal(values.values(), contours.values.values()));
  EXPECT_EQ(to_texts(**archive->find("contour_names"))->at(3), "energy");
  EXPECT_EQ(to_texts(**archive->find("units"))->at(0), "Hz");
  EXPECT_EQ(*to_text(**archive->find("schema")), "some/1");
  const auto times_s = to_floats(**archive->find("times_s"));
  EXPECT_FLOAT_EQ(times_s->back(), static_cast<float>(contours.time_s(num_frames - 1)));

  ASSERT_TRUE(data::write_frame_contours(folder.path() / "a.csv", contours, "some/1"));
  const std::string text = *read_text_file(folder.path() / "a.csv");
  CsvReader reader(text);
  std::vector<std::string> fields;
  size_t num_rows = 0;
  while (*reader.next(fields)) {
    EXPECT_EQ(fields.size(), contours.contours.size() + 1);
    ++num_rows;
  }
  EXPECT_EQ(num_rows, num_frames + 1);
  EXPECT_EQ(std::stof(fields[4]), contours.values(num_frames - 1, 3));
  EXPECT_EQ(data::write_frame_contours(folder.path() / "a.txt", contours, "").error().code,
            ErrorCode::kUsage);
}

}  // namespace
}  // namespace sermo::engine
