// Writes docs/features/sermo-voice.md (to the path given) from the table in the code.
#include <fmt/format.h>

#include <cstdio>

#include "sermo/base/file.h"
#include "sermo/features/voice/page.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: sermo_write_voice_page FILE\n");
    return 2;
  }
  const auto written = sermo::write_file_atomically(argv[1], sermo::features::voice_page());
  if (!written) fmt::print(stderr, "{}\n", written.error().message);
  return written ? 0 : 1;
}
