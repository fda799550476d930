// The program: which verbs there are, and what a command line asks of them.
#pragma once

#include <string>
#include <vector>

#include "console.h"

namespace sermo::app {

// Runs `sermo ARGUMENTS...` (without the program's name) and gives its exit status.
int run(std::vector<std::string> arguments, Console& console);

}  // namespace sermo::app
