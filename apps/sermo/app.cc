#include "app.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sermo/base/parallel.h"
#include "sermo/base/version.h"
#include "verbs/verbs.h"

namespace sermo::app {

void add_common_options(CLI::App& verb, Console& console, int& jobs) {
  jobs = available_processors();
  verb.add_flag("--quiet,-q", console.quiet, "Print results and errors only");
  verb.add_option("--jobs,-j", jobs, "Threads to use at most (default: the processors there are)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
}

int run(std::vector<std::string> arguments, Console& console) {
  int status = 0;
  CLI::App program{
      "Speech emotion recognition: which emotion a voice carries, and how sure that is."};
  program.name("sermo");
  program.set_version_flag("--version", "sermo " + std::string(version()));
  program.require_subcommand(1);
  program.get_formatter()->column_width(34);
  add_extract(program, console, status);
  add_train(program, console, status);
  add_evaluate(program, console, status);
  add_verify(program, console, status);
  add_predict(program, console, status);
  add_serve(program, console, status);
  add_info(program, console, status);
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    program.parse(std::move(arguments));
  } catch (const CLI::ParseError& answer) {
    constexpr int kUsageStatus = 2;
    return program.exit(answer, console.out, console.err) == 0 ? 0 : kUsageStatus;
  }
  return status;
}

}  // namespace sermo::app
