// R.html: a report (report.h) as one page that needs no network, with its pictures drawn in place.
//
// For each cut: the table of models and, of the best one, confusion matrix, reliability diagram,
// risk against coverage, and recall by speaker. Where speakers are apart in one cut and on both
// sides in another, how much the latter flatters. Texts from the report are escaped. Thread rule:
// pure function.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace sermo::eval {

// `report` is what report_json made; another form is a bug.
std::string report_html(const nlohmann::ordered_json& report);

}  // namespace sermo::eval
