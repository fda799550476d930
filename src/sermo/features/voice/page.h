// docs/features/sermo-voice.md, from the table of names.h. Thread rule: pure.
#pragma once

#include <string>

namespace sermo::features {

std::string voice_page();

}  // namespace sermo::features
