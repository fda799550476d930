#include "output.h"

#include <ostream>
#include <utility>

#include "sermo/base/file.h"

namespace sermo::app {

Output::Output(const Console& console, std::string path)
    : console_(console), path_(std::move(path)) {}

void Output::write(std::string_view text) {
  if (to_file()) {
    pending_ += text;
  } else if (!text.empty()) {
    console_.out << text << std::flush;
  }
}

Result<void> Output::close() {
  if (to_file()) return write_file_atomically(path_, pending_);
  console_.out << std::flush;
  if (!console_.out)
    return fail(ErrorCode::kNotWritable, "standard output does not take the results");
  return {};
}

}  // namespace sermo::app
