// The text of openapi.json, embedded by CMake with the program's version in it.
//
// Thread rule: constant data.
#pragma once

#include <string_view>

namespace sermo::serve {

std::string_view openapi_text();

}  // namespace sermo::serve
