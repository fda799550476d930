#include "sermo/base/version.h"

namespace sermo {

std::string_view version() { return SERMO_VERSION; }

}  // namespace sermo
