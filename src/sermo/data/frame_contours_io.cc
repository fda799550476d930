#include "sermo/data/frame_contours_io.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>
#include <vector>

#include "sermo/base/csv.h"
#include "sermo/base/file.h"
#include "sermo/base/npz.h"

namespace sermo::data {
namespace {

std::string csv_of(const features::FrameContours& contours) {
  std::vector<std::string> header = {"time_s"};
  for (const features::ContourInfo& contour : contours.contours) header.push_back(contour.name);
  std::string out;
  append_csv_row(out, header);
  for (size_t t = 0; t < contours.values.num_rows(); ++t) {
    fmt::format_to(std::back_inserter(out), "{:.4f}", contours.time_s(t));
    for (const float value : contours.values.row(t))
      fmt::format_to(std::back_inserter(out), ",{}", value);
    out += '\n';
  }
  return out;
}

}  // namespace

Result<void> write_frame_contours(const std::filesystem::path& path,
                                  const features::FrameContours& contours,
                                  const std::string& schema_id) {
  if (path.extension() == ".csv") return write_file_atomically(path, csv_of(contours));
  if (path.extension() != ".npz") {
    return fail(ErrorCode::kUsage,
                fmt::format("{}: wanted a name ending in .npz or .csv", path.string()));
  }
  std::vector<double> times_s;
  for (size_t t = 0; t < contours.values.num_rows(); ++t) times_s.push_back(contours.time_s(t));
  std::vector<std::string> names, units;
  for (const features::ContourInfo& contour : contours.contours) {
    names.push_back(contour.name);
    units.push_back(contour.unit);
  }
  const size_t num_frames = times_s.size();
  const std::vector<NamedArray> arrays = {{"X", NpyArray::from_matrix(contours.values)},
                                          {"times_s", NpyArray{{num_frames}, std::move(times_s)}},
                                          {"contour_names", NpyArray::from_texts(std::move(names))},
                                          {"units", NpyArray::from_texts(std::move(units))},
                                          {"schema", NpyArray::from_text(schema_id)}};
  return write_npz(path, arrays);
}

}  // namespace sermo::data
