// A console on string streams, for tests.
#pragma once

#include <sstream>

#include "console.h"

namespace sermo::app {

struct TestConsole {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Console console{.in = in, .out = out, .err = err};
};

}  // namespace sermo::app
