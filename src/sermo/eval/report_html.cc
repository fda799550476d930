#include "sermo/eval/report_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "sermo/eval/enrolment_draws.h"
#include "sermo/eval/html_text.h"
#include "sermo/eval/stress_report.h"
#include "sermo/features/schema.h"

namespace sermo::eval {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1c2330;--soft:#667085;--line:#d9dee7;--paper:#fff;--accent:#2f6fb5;--warn:#c2573a}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#98a2b3;--line:#333b49;--paper:#141820;--accent:#6ea8e5;--warn:#e58a6e}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
p,figcaption{color:var(--soft)}.warn{color:var(--warn)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{padding:.25rem .6rem;text-align:right;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}
th:first-child,td:first-child,th:last-child,td:last-child{text-align:left}
.pictures{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:1rem 0}
svg{max-width:100%;height:auto;font:11px system-ui,sans-serif}svg text{fill:var(--ink)}svg .soft{fill:var(--soft)}
.axis{stroke:var(--line);fill:none}.ideal{stroke:var(--soft);stroke-dasharray:4 4}.curve{stroke:var(--accent);fill:none;stroke-width:2}
.bar{fill:var(--accent)}.bar.warn{fill:var(--warn)}.cell{fill:var(--accent)})";

std::string figure(const std::string& svg, int width, int height, const std::string& caption) {
  return fmt::format(
      "<figure><svg role=\"img\" aria-label=\"{2}\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\">{3}</svg><figcaption>{2}</figcaption></figure>\n",
      width, height, caption, svg);
}

std::string text(double x, double y, std::string_view anchor, std::string_view what,
                 std::string_view style = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\">{}</text>", x,
                     y, anchor, style, what);
}

// The unit square as a diagram: shares from 0 to 1 both ways.
struct UnitPlot {
  static constexpr int kSize = 300;
  static constexpr double kLeft = 40.0;
  static constexpr double kSide = 240.0;

  static double x(double share) { return kLeft + kSide * share; }
  static double y(double share) { return 15.0 + kSide * (1.0 - share); }

  static std::string frame(std::string_view across, std::string_view up) {
    std::string svg =
        fmt::format("<rect class=\"axis\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>", x(0),
                    y(1), kSide, kSide);
    for (double tick : {0.0, 0.5, 1.0}) {
      svg += text(x(tick), y(0) + 14, "middle", fmt::format("{:g}", tick), "soft");
      svg += text(x(0) - 5, y(tick) + 4, "end", fmt::format("{:g}", tick), "soft");
    }
    svg += text(x(0.5), y(0) + 28, "middle", across);
    svg += fmt::format(
        "<text transform=\"translate(12 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        y(0.5), up);
    return svg;
  }
};

// Of 100 clips of a label, how many are given each label.
std::string confusion_matrix(const ordered_json& counts, const ordered_json& labels) {
  constexpr double kCell = 38.0;
  constexpr double kLeft = 80.0;
  constexpr double kTop = 70.0;
  const auto num_labels = static_cast<double>(labels.size());
  std::string svg;
  for (size_t row = 0; row < labels.size(); ++row) {
    double total = 0.0;
    for (const ordered_json& count : counts[row]) total += count.get<double>();
    const double y = kTop + kCell * static_cast<double>(row);
    svg += text(kLeft - 6, y + kCell / 2 + 4, "end", words(labels[row]));
    for (size_t col = 0; col < labels.size(); ++col) {
      const double share = total > 0.0 ? counts[row][col].get<double>() / total : 0.0;
      const double x = kLeft + kCell * static_cast<double>(col);
      svg += fmt::format(
          "<rect class=\"cell\" x=\"{:.0f}\" y=\"{:.0f}\" width=\"{}\" height=\"{}\" "
          "fill-opacity=\"{:.3f}\"/>",
          x, y, kCell - 2, kCell - 2, 0.06 + 0.7 * share);
      svg += text(x + kCell / 2 - 1, y + kCell / 2 + 4, "middle",
                  fmt::format("{:.0f}", 100.0 * share));
    }
  }
  for (size_t col = 0; col < labels.size(); ++col) {
    svg +=
        fmt::format("<text transform=\"translate({:.0f} {:.0f}) rotate(-45)\">{}</text>",
                    kLeft + kCell * (static_cast<double>(col) + 0.5), kTop - 8, words(labels[col]));
  }
  return figure(svg, static_cast<int>(kLeft + kCell * num_labels + 40),
                static_cast<int>(kTop + kCell * num_labels + 10),
                "Of 100 clips of the label on the left, how many are called what is above");
}

std::string reliability(const ordered_json& bins) {
  std::string svg = UnitPlot::frame("confidence", "accuracy");
  svg += fmt::format("<line class=\"ideal\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
                     UnitPlot::x(0), UnitPlot::y(0), UnitPlot::x(1), UnitPlot::y(1));
  for (const ordered_json& bin : bins) {
    const auto num_clips = bin["clips"].get<size_t>();
    if (num_clips == 0) continue;
    const double low = bin["low"];
    const double high = bin["high"];
    const double accuracy = bin["accuracy"];
    svg += fmt::format(
        "<rect class=\"bar\" fill-opacity=\".55\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
        "height=\"{:.1f}\"><title>{} clips</title></rect>",
        UnitPlot::x(low) + 1, UnitPlot::y(accuracy), UnitPlot::x(high) - UnitPlot::x(low) - 2,
        UnitPlot::y(0) - UnitPlot::y(accuracy), num_clips);
  }
  return figure(svg, UnitPlot::kSize, UnitPlot::kSize,
                "Reliability: bars on the line mean what they say");
}

std::string risk_coverage(const ordered_json& points) {
  std::string path;
  for (const ordered_json& point : points) {
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L",
                        UnitPlot::x(point[0].get<double>()), UnitPlot::y(point[1].get<double>()));
  }
  const std::string svg = UnitPlot::frame("share of clips answered", "share of these wrong") +
                          fmt::format("<path class=\"curve\" d=\"{}\"/>", path);
  return figure(svg, UnitPlot::kSize, UnitPlot::kSize,
                "Risk against coverage, most confident answers first");
}

struct Bar {
  std::string name;
  double share = 0.0;
  bool warn = false;
};

std::string bars(const std::vector<Bar>& all, const std::string& caption) {
  constexpr double kRow = 18.0;
  constexpr double kLeft = 150.0;
  constexpr double kWide = 300.0;
  std::string svg;
  double y = 4.0;
  for (const Bar& bar : all) {
    svg += text(kLeft - 6, y + 12, "end", escaped(bar.name));
    svg +=
        fmt::format("<rect class=\"bar{}\" x=\"{}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\"/>",
                    bar.warn ? " warn" : "", kLeft, y, kWide * bar.share, kRow - 4);
    svg += text(kLeft + kWide * bar.share + 5, y + 12, "start", fmt::format("{:.2f}", bar.share),
                "soft");
    y += kRow;
  }
  return figure(svg, static_cast<int>(kLeft + kWide + 40), static_cast<int>(y + 4), caption);
}

std::vector<const ordered_json*> best_first(const ordered_json& models) {
  std::vector<const ordered_json*> sorted;
  for (const ordered_json& model : models) sorted.push_back(&model);
  std::ranges::stable_sort(sorted, std::ranges::greater{}, [](const ordered_json* m) {
    return (*m)["scores"]["uar"].get<double>();
  });
  return sorted;
}

std::string model_table(const std::vector<const ordered_json*>& models) {
  std::string html =
      "<div class=\"wide\"><table><tr><th>model</th><th>UAR</th><th>95 %</th><th>accuracy</th>"
      "<th>ECE before</th><th>after</th><th>best half</th><th>7 "
      "options</th><th>features</th><th></th></tr>\n";
  for (const ordered_json* model : models) {
    const ordered_json& scores = (*model)["scores"];
    const ordered_json& interval = scores["uar_interval"];
    html += fmt::format(
        "<tr><td>{}</td><td><b>{:.3f}</b></td><td>{}</td><td>{:.3f}</td><td>{:.3f}</td>"
        "<td>{:.3f}</td><td>{:.3f}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        words((*model)["name"]), scores["uar"].get<double>(),
        interval.is_null()
            ? ""
            : fmt::format("{:.3f} to {:.3f}", interval[0].get<double>(), interval[1].get<double>()),
        scores["accuracy"].get<double>(), scores["ece_before"].get<double>(),
        scores["ece"].get<double>(), scores["accuracy_at_half_coverage"].get<double>(),
        scores.contains("seven_options")
            ? fmt::format("{:.3f}", scores["seven_options"]["accuracy"].get<double>())
            : "",
        escaped(features::schema_name((*model)["schema_id"].get_ref<const std::string&>())),
        words((*model)["title"]));
  }
  return html + "</table></div>\n";
}

// What unlabelled clips of the tested speakers add, a line a model and kind of clips.
std::string enrolment_table(const ordered_json& enrolled) {
  std::string html =
      "<h3>Enrolled speakers</h3>\n<p>UAR where some unlabelled clips of the tested speaker are "
      "given, none of them scored, and its gain over none.</p>\n<div "
      "class=\"wide\"><table><tr><th>model</th><th>clips of</th>";
  for (size_t k : kEnrolmentClips) html += fmt::format("<th>{}</th>", k);
  html += "</tr>\n";
  for (const ordered_json& model : enrolled["models"]) {
    for (const ordered_json& curve : model["curves"]) {
      html +=
          fmt::format("<tr><td>{}</td><td>{}</td>", words(model["name"]), words(curve["clips_of"]));
      for (size_t k : kEnrolmentClips) {
        html += "<td>";
        for (const ordered_json& point : curve["points"]) {
          if (point["clips"] != k) continue;
          const auto uar = point["uar"].get<double>();
          html += fmt::format("{:.3f} {:+.3f}", uar, uar - point["uar_unknown"].get<double>());
        }
        html += "</td>";
      }
      html += "</tr>\n";
    }
  }
  return html + "</table></div>\n";
}

std::string leaks_text(const ordered_json& evaluation) {
  const ordered_json& leaks = evaluation["leaks"];
  std::string html;
  if (const auto same = leaks["same_speakers"].get<size_t>(); same > 0) {
    html += fmt::format(
        "<p class=\"warn\">Same speakers in training and test ({}): expect less on voices that the "
        "models never heard.</p>\n",
        same);
  } else if (evaluation["speakers_apart"].get<bool>()) {
    html += "<p>No speaker in both parts.</p>\n";
  }
  if (const size_t copies = leaks["copies"].size(); copies > 0) {
    html += fmt::format("<p class=\"warn\">The same recording in training and test: {}.</p><ul>",
                        copies);
    for (const ordered_json& copy : leaks["copies"]) {
      html += fmt::format("<li>{} {} {}</li>", words(copy["tested"]),
                          copy["exact"].get<bool>() ? "=" : "~", words(copy["learnt"]));
    }
    html += "</ul>\n";
  }
  return html;
}

std::string section(const ordered_json& evaluation, const ordered_json& labels) {
  const std::vector<const ordered_json*> models = best_first(evaluation["models"]);
  std::string html = fmt::format("<h2>{}, {}</h2>\n<p>{} folds, {} clips tested.</p>\n",
                                 words(evaluation["protocol"]), words(evaluation["mode"]),
                                 evaluation["folds"].size(), evaluation["clips"].size());
  html += leaks_text(evaluation) + model_table(models);
  html += conditions_html(evaluation);
  if (evaluation.contains("enrolled")) html += enrolment_table(evaluation["enrolled"]);
  const ordered_json& best = models.front()->at("scores");
  html += fmt::format("<h3>{}</h3>\n<div class=\"pictures\">", words(models.front()->at("title")));
  html += confusion_matrix(best["confusion"], evaluation.value("labels", labels));
  html += reliability(best["reliability"]) + risk_coverage(best["risk_coverage"]);
  if (best["groups"].contains("speaker")) {
    std::vector<Bar> speakers;
    for (const ordered_json& speaker : best["groups"]["speaker"])
      speakers.push_back({"speaker " + speaker["name"].get<std::string>(), speaker["uar"], false});
    html += bars(speakers, "UAR by speaker");
  }
  return html + "</div>\n";
}

// The same models where speakers are apart, and where they are not.
std::string inflation(const ordered_json& evaluations) {
  const ordered_json* apart = nullptr;
  const ordered_json* mixed = nullptr;
  for (const ordered_json& evaluation : evaluations) {
    if (evaluation["mode"] != "speaker unknown" || evaluation.contains("mapping")) continue;
    const bool is_apart = evaluation["speakers_apart"];
    const bool shares = evaluation["leaks"]["same_speakers"].get<size_t>() > 0;
    if (is_apart && apart == nullptr) apart = &evaluation;
    if (shares && mixed == nullptr) mixed = &evaluation;
  }
  if (apart == nullptr || mixed == nullptr) return {};
  std::vector<Bar> pairs;
  for (const ordered_json* model : best_first((*apart)["models"])) {
    for (const ordered_json& other : (*mixed)["models"]) {
      if (other["name"] != (*model)["name"]) continue;
      const auto name = other["name"].get<std::string>();
      pairs.push_back({name, (*model)["scores"]["uar"], false});
      pairs.push_back({"same speakers", other["scores"]["uar"], true});
    }
  }
  return "<h2>What knowing the speakers adds</h2>\n" +
         bars(pairs, fmt::format("UAR: {} (speakers apart), and {} (the same speakers in training "
                                 "and test)",
                                 words((*apart)["protocol"]), words((*mixed)["protocol"])));
}

}  // namespace

std::string report_html(const ordered_json& report) {
  const ordered_json& data = report["data"];
  std::string schemas;
  for (const ordered_json& table : data["tables"])
    schemas += (schemas.empty() ? "" : " and ") + table["schema_id"].get<std::string>();
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>Sermo: evaluation of {0}</title><style>{1}</style>"
      "</head><body>\n<h1>Evaluation of {0}</h1>\n<p>{2} clips, {3} speakers, features {4}; Sermo "
      "{5}, {6}. UAR is the mean over labels of the share that is recognised; its interval draws "
      "other speakers; best half: accuracy among the half of answers that is most confident; 7 "
      "options: neutral and calm as one, of which listeners got 0.624 right (Livingstone &amp; "
      "Russo 2018).</p>\n",
      words(data["name"]), kStyle, data["clips"].get<size_t>(), data["speakers"].get<size_t>(),
      words(schemas), words(report["sermo_version"]), words(report["created"]));
  html += inflation(report["evaluations"]);
  for (const ordered_json& evaluation : report["evaluations"])
    html += section(evaluation, data["labels"]);
  return html + "</body></html>\n";
}

}  // namespace sermo::eval
