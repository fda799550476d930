#include "answer_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sermo/base/csv.h"
#include "text_table.h"

namespace sermo::app {
namespace {

using engine::Answer;
using engine::Score;

// Invalid UTF-8 in a path becomes the replacement character: JSON has no other way.
std::string dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// Every row on a line of its own as it comes.
class JsonlWriter final : public AnswerWriter {
 public:
  std::string add(std::span<const Answer> answers) override {
    std::string text;
    for (const Answer& answer : answers) text += dump(to_json(answer)) + '\n';
    return text;
  }
  std::string add_failure(std::string_view path, const Error& error) override {
    return dump(engine::failure_row(path, error)) + '\n';
  }
};

// The array of the rows.
class JsonWriter final : public AnswerWriter {
 public:
  std::string add(std::span<const Answer> answers) override {
    std::string text;
    for (const Answer& answer : answers) text += separator() + dump(to_json(answer));
    return text;
  }
  std::string add_failure(std::string_view path, const Error& error) override {
    return separator() + dump(engine::failure_row(path, error));
  }
  std::string finish() override { return first_ ? "[]\n" : "\n]\n"; }

 private:
  std::string separator() { return std::exchange(first_, false) ? "[\n" : ",\n"; }

  bool first_ = true;
};

class CsvWriter final : public AnswerWriter {
 public:
  explicit CsvWriter(std::vector<std::string> labels) : labels_(std::move(labels)) {}

  std::string add(std::span<const Answer> answers) override {
    std::string text = header();
    for (const Answer& answer : answers) {
      std::vector<std::string> fields = {answer.path, answer.model,
                                         fmt::format("{:.3f}", answer.duration_s), answer.label(),
                                         fmt::format("{:.6f}", answer.confidence())};
      for (const std::string& label : labels_) {
        const auto at = std::ranges::find(answer.scores, label, &Score::label);
        fields.push_back(at == answer.scores.end() ? "" : fmt::format("{:.6f}", at->score));
      }
      fields.emplace_back();
      append_csv_row(text, fields);
    }
    return text;
  }
  std::string add_failure(std::string_view path, const Error& error) override {
    std::vector<std::string> fields(6 + labels_.size());
    fields.front() = path;
    fields.back() = fmt::format("{}: {}", error_traits(error.code).name, error.message);
    std::string text = header();
    append_csv_row(text, fields);
    return text;
  }
  std::string finish() override { return header(); }

 private:
  std::string header() {
    if (!std::exchange(first_, false)) return {};
    std::vector<std::string> fields = {"path", "model", "duration_s", "label", "confidence"};
    fields.insert(fields.end(), labels_.begin(), labels_.end());
    fields.emplace_back("error");
    std::string text;
    append_csv_row(text, fields);
    return text;
  }

  std::vector<std::string> labels_;
  bool first_ = true;
};

std::string percent(float score) { return fmt::format("{:.0f} %", 100.0f * score); }

// For people: aligned columns at the end; failures are told on the error stream by whoever found
// them.
class TableWriter final : public AnswerWriter {
 public:
  explicit TableWriter(const AnswerWriterOptions& options) : options_(options) {}

  std::string add(std::span<const Answer> answers) override {
    if (options_.single_input && answers.size() == 1) {
      details_ = details_of(answers.front());
      return {};
    }
    for (const Answer& answer : answers) {
      std::string remark = answer.uncertain ? "uncertain" : "";
      for (const std::string& warning : answer.warnings)
        remark += (remark.empty() ? "" : "; ") + warning;
      const Score* second = answer.scores.size() > 1 ? &answer.scores[1] : nullptr;
      table_.add_row(
          {answer.path, answer.model, fmt::format("{:.1f} s", answer.duration_s), answer.label(),
           percent(answer.confidence()),
           second == nullptr ? "" : fmt::format("{} {}", second->label, percent(second->score)),
           remark});
      num_rows_ += 1;
      timelines_ += timeline_of(answer);
    }
    return {};
  }
  std::string add_failure(std::string_view, const Error&) override { return {}; }
  std::string finish() override {
    return details_ + (num_rows_ > 0 ? table_.str() : "") + timelines_;
  }

 private:
  std::string bold(const std::string& text) const {
    return options_.colour ? "\x1b[1m" + text + "\x1b[0m" : text;
  }

  std::string details_of(const Answer& answer) const {
    std::string text =
        fmt::format("{}  {:.1f} s  model {}\n", answer.path, answer.duration_s, answer.model);
    text += fmt::format(
        "{}, {}{}\n", bold(answer.label()), percent(answer.confidence()),
        answer.uncertain
            ? " (uncertain: below the confidence at which this model is right 3 times in 4)"
            : "");
    constexpr float kBarWidth = 40.0f;
    size_t widest = 0;
    for (const Score& score : answer.scores) widest = std::max(widest, score.label.size());
    for (const Score& score : answer.scores) {
      std::string bar;
      for (int i = 0; i < static_cast<int>(kBarWidth * score.score + 0.5f); ++i) bar += "█";
      text += fmt::format("  {:<{}}  {:>5}  {}", score.label, widest, percent(score.score), bar);
      text.erase(text.find_last_not_of(' ') + 1);
      text += '\n';
    }
    for (const std::string& warning : answer.warnings)
      text += fmt::format("  warning: {}\n", warning);
    return text + timeline_of(answer);
  }

  static std::string timeline_of(const Answer& answer) {
    if (!answer.segments) return {};
    TextTable table(
        {{"from", Align::kRight}, {"to", Align::kRight}, {"label"}, {"confidence", Align::kRight}});
    for (const engine::Segment& segment : *answer.segments) {
      const std::string from = fmt::format("{:.1f} s", segment.start_s);
      const std::string to = fmt::format("{:.1f} s", segment.end_s);
      if (segment.error) {
        table.add_row({from, to, fmt::format("({})", error_traits(segment.error->code).name), ""});
      } else {
        table.add_row(
            {from, to, segment.scores.front().label, percent(segment.scores.front().score)});
      }
    }
    return fmt::format("\n{}, {}:\n{}", answer.path, answer.model, table.str());
  }

  AnswerWriterOptions options_;
  TextTable table_{{{"path"},
                    {"model"},
                    {"length", Align::kRight},
                    {"label"},
                    {"confidence", Align::kRight},
                    {"next"},
                    {"remarks"}}};
  size_t num_rows_ = 0;
  std::string details_;
  std::string timelines_;
};

}  // namespace

std::unique_ptr<AnswerWriter> make_answer_writer(const AnswerWriterOptions& options) {
  switch (options.format) {
    case AnswerFormat::kJson:
      return std::make_unique<JsonWriter>();
    case AnswerFormat::kJsonl:
      return std::make_unique<JsonlWriter>();
    case AnswerFormat::kCsv:
      return std::make_unique<CsvWriter>(options.labels);
    case AnswerFormat::kTable:
      break;
  }
  return std::make_unique<TableWriter>(options);
}

}  // namespace sermo::app
