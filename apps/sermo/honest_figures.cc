#include "honest_figures.h"

#include <fmt/format.h>

#include <utility>

namespace sermo::app {

std::vector<eval::HonestFigure> known_figures(const std::filesystem::path& models_dir,
                                              const Console& console) {
  std::vector<eval::HonestFigure> figures;
  for (const std::filesystem::path& file :
       {console.shipped_dir / eval::kHonestFile, models_dir / eval::kHonestFile}) {
    Result<std::vector<eval::HonestFigure>> read = eval::read_figures(file);
    if (read) {
      figures = eval::merged(std::move(figures), *read);
    } else if (read.error().code != ErrorCode::kNotFound) {
      console.note(read.error().message);
    }
  }
  return figures;
}

Result<void> add_figures(const std::filesystem::path& file,
                         const std::vector<eval::HonestFigure>& figures) {
  Result<std::vector<eval::HonestFigure>> known = eval::read_figures(file);
  if (!known && known.error().code != ErrorCode::kNotFound) return fail(std::move(known.error()));
  return eval::write_figures(
      file, eval::merged(known ? std::move(*known) : std::vector<eval::HonestFigure>{}, figures));
}

std::string figure_text(const nlohmann::json& uar_speaker_independent) {
  return uar_speaker_independent.is_number()
             ? fmt::format("{:.3f}", uar_speaker_independent.get<double>())
             : "not measured";
}

}  // namespace sermo::app
