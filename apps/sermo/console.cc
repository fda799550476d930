#include "console.h"

#include <ostream>

namespace sermo::app {

void Console::note(std::string_view line) const {
  if (!quiet) err << line << '\n' << std::flush;
}

void Console::complain(std::string_view message) const {
  err << "sermo: " << message << '\n' << std::flush;
}

int failed(const Console& console, const Error& error) {
  console.complain(error.message);
  return error_traits(error.code).exit_status;
}

void Outcome::failed(const Error& error) {
  if (num_failed_++ == 0) first_status_ = error_traits(error.code).exit_status;
}

int Outcome::exit_status() const {
  if (num_failed_ == 0) return 0;
  return num_succeeded_ > 0 ? 1 : first_status_;
}

}  // namespace sermo::app
