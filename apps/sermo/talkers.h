// Other people's recordings from a folder, for babble.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "console.h"
#include "sermo/augment/talkers.h"
#include "sermo/base/result.h"

namespace sermo::app {

// At most this many recordings are read, evenly from the sorted list of them.
inline constexpr size_t kMaxTalkerRecordings = 300;

// The recordings of `folder` at `rate_hz`; those that cannot be read are told of. kUsage where one
// of them belongs to `corpus` (files and folders) itself, kNotFound where there is none.
Result<std::shared_ptr<const augment::Talkers>> read_talkers(const std::string& folder,
                                                             std::span<const std::string> corpus,
                                                             int rate_hz, const Console& console);

}  // namespace sermo::app
