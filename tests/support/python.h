// Runs Python for tests that want a second opinion, e.g. whether NumPy opens what we wrote.
#pragma once

#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "temporary_folder.h"

namespace sermo::testing {

struct PythonRun {
  int exit_status = -1;
  std::string output;  // standard output and standard error together
};

// Runs `script` with the interpreter of the CMake variable SERMO_PYTHON; `argument` is sys.argv[1].
inline PythonRun run_python(std::string_view script, const std::filesystem::path& argument = "") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "script.py";
  std::ofstream(path) << script;
  const std::string command =
      std::string(SERMO_PYTHON) + " '" + path.string() + "' '" + argument.string() + "' 2>&1";
  PythonRun run;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return run;
  char buffer[4096];
  while (const size_t got = ::fread(buffer, 1, sizeof buffer, pipe)) run.output.append(buffer, got);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) run.exit_status = WEXITSTATUS(status);
  return run;
}

}  // namespace sermo::testing

// Skips the test, saying so loudly, when Python or the module is absent.
#define SERMO_REQUIRE_PYTHON_MODULE(module)                                             \
  do {                                                                                  \
    if (::sermo::testing::run_python("import " module "\n").exit_status != 0)           \
      GTEST_SKIP() << "SKIPPED, NOT TESTED: " << SERMO_PYTHON << " has no " << module   \
                   << ", and this test needs it (set the CMake variable SERMO_PYTHON)"; \
  } while (false)
