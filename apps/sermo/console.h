// What a verb may touch of the world outside: streams, whether they are terminals, and a few
// folders.
//
// Verbs get it as an argument, so that tests run them on string streams. Results go to `out`,
// everything else to `err`. Thread rule: one verb at a time; Progress (progress.h) may be told from
// any thread.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

#include "sermo/base/error.h"

namespace sermo::app {

struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;       // progress is drawn as a bar that moves
  bool colour = false;                // escape sequences are welcome on `out` (never with NO_COLOR)
  std::filesystem::path cache_dir;    // of features, unless --cache says otherwise
  std::filesystem::path shipped_dir;  // tables that ship with the program; see locations.h
  bool quiet = false;                 // --quiet: nothing but results and errors

  // A line for people, unless --quiet.
  void note(std::string_view line) const;
  // `sermo: MESSAGE`, always.
  void complain(std::string_view message) const;
};

// Complains and gives the error's exit status, for `return failed(console, error)`.
int failed(const Console& console, const Error& error);

// The exit status of work on many inputs: 0 when all succeeded; for one input its own failure;
// otherwise 1 when any succeeded, else the first failure's.
class Outcome {
 public:
  void succeeded() { ++num_succeeded_; }
  void failed(const Error& error);
  size_t num_failed() const { return num_failed_; }
  int exit_status() const;

 private:
  size_t num_succeeded_ = 0;
  size_t num_failed_ = 0;
  int first_status_ = 0;
};

}  // namespace sermo::app
