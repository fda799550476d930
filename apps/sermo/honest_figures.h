// Where the program keeps what it measured on speakers that were not learnt from, and what it says
// of it.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "console.h"
#include "sermo/base/result.h"
#include "sermo/eval/honest.h"

namespace sermo::app {

// The figures in a folder of models and those that ship with the program; the former where both have
// one, with what enrolment adds from the latter unless it was measured too. A file that is not there
// has none; one that cannot be read is told of and has none.
std::vector<eval::HonestFigure> known_figures(const std::filesystem::path& models_dir,
                                              const Console& console);

// Puts figures among those of a file. kCorrupt where the file holds something else.
Result<void> add_figures(const std::filesystem::path& file,
                         const std::vector<eval::HonestFigure>& figures);

// "0.460", or "not measured" for null.
std::string figure_text(const nlohmann::json& uar_speaker_independent);

}  // namespace sermo::app
