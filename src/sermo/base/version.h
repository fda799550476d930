// The version of Sermo that this is, as in CMakeLists.txt: "0.1.0".
#pragma once

#include <string_view>

namespace sermo {

std::string_view version();

}  // namespace sermo
