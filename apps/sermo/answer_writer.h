// Answers and failures on their way to a person or a file: table, json, jsonl or csv.
//
// Rows are given in order; text comes out of `take` whenever there is some to print, the rest at
// `finish`.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/error.h"
#include "sermo/engine/answer.h"

namespace sermo::app {

enum class AnswerFormat { kTable, kJson, kJsonl, kCsv };

struct AnswerWriterOptions {
  AnswerFormat format = AnswerFormat::kTable;
  std::vector<std::string> labels;  // all labels of the chosen models, in csv's columns
  bool single_input = false;        // the table then shows every probability
  bool colour = false;
};

class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;

  // All answers to one input (one a model), or why there is none. Gives the text that is ready to
  // be printed.
  virtual std::string add(std::span<const engine::Answer> answers) = 0;
  virtual std::string add_failure(std::string_view path, const Error& error) = 0;
  virtual std::string finish() { return {}; }
};

std::unique_ptr<AnswerWriter> make_answer_writer(const AnswerWriterOptions& options);

}  // namespace sermo::app
