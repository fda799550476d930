// Every learner, in the order in which they are listed to users. The list is written out in
// registry.cc and made once.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "sermo/learn/learner.h"

namespace sermo::learn {

std::span<const std::shared_ptr<const Learner>> all_learners();

// kNotFound with the known names in the message.
Result<std::shared_ptr<const Learner>> find_learner(std::string_view name);

}  // namespace sermo::learn
