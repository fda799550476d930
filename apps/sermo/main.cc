#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "app.h"
#include "locations.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const bool no_colour = [] {
    const char* value = std::getenv("NO_COLOR");  // https://no-color.org: any non-empty value
    return value != nullptr && *value != '\0';
  }();
  sermo::app::Console console{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
      .colour = ::isatty(STDOUT_FILENO) == 1 && !no_colour,
      .cache_dir = sermo::app::default_cache_dir(),
      .shipped_dir = sermo::app::default_shipped_dir(),
  };
  try {
    return sermo::app::run({argv + 1, argv + argc}, console);
  } catch (const std::exception& error) {
    console.complain(std::string("a bug, please report it: ") + error.what());
    return 70;
  }
}
