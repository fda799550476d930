// The verbs of the program, one file each. `add_NAME` registers the verb with its options and help;
// when the command line asks for it, its work sets `status`.
#pragma once

#include <CLI/CLI.hpp>

#include "console.h"

namespace sermo::app {

void add_extract(CLI::App& program, Console& console, int& status);
void add_train(CLI::App& program, Console& console, int& status);
void add_evaluate(CLI::App& program, Console& console, int& status);
void add_verify(CLI::App& program, Console& console, int& status);
void add_predict(CLI::App& program, Console& console, int& status);
void add_serve(CLI::App& program, Console& console, int& status);
void add_info(CLI::App& program, Console& console, int& status);

// What every verb takes: --quiet and --jobs. `jobs` has the number of processors as its default.
void add_common_options(CLI::App& verb, Console& console, int& jobs);

}  // namespace sermo::app
