// `sermo verify [DIR]`: are the models of a folder whole, and do they still answer what they
// answered when written?
#include <fmt/format.h>

#include <memory>
#include <ostream>
#include <string>

#include "sermo/model/verify.h"
#include "text_table.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

struct VerifyOptions {
  std::string folder = "models";
  int jobs = 1;
};

int verify(const VerifyOptions& options, Console& console) {
  const auto findings = model::verify_folder(options.folder);
  if (!findings) return failed(console, findings.error());
  TextTable table({{"model"}, {"file"}, {"finding"}});
  Outcome outcome;
  for (const model::Finding& finding : *findings) {
    if (finding.error) {
      outcome.failed(*finding.error);
    } else {
      outcome.succeeded();
    }
    table.add_row({finding.name, finding.file, finding.error ? finding.error->message : "ok"});
  }
  console.out << table.str() << std::flush;
  if (outcome.num_failed() == 0) return 0;
  console.complain(
      fmt::format("{} of {} models failed verification", outcome.num_failed(), findings->size()));
  // A folder is whole or it is not: the first fault's status, even when other models are well.
  for (const model::Finding& finding : *findings) {
    if (finding.error) return error_traits(finding.error->code).exit_status;
  }
  return 0;
}

}  // namespace

void add_verify(CLI::App& program, Console& console, int& status) {
  CLI::App& verb = *program.add_subcommand(
      "verify", "Check that a folder's models are whole and answer as they did");
  const auto options = std::make_shared<VerifyOptions>();
  verb.add_option("DIR", options->folder, "Folder of trained models")->capture_default_str();
  add_common_options(verb, console, options->jobs);
  verb.footer("Example: sermo verify models");
  verb.callback([options, &console, &status] { status = verify(*options, console); });
}

}  // namespace sermo::app
