// The feature schemas that learners are trained on where nobody chooses one
// (Learner::usual_schema).
//
// Those of the original project, and logistic regression, which would need minutes on thousands of
// features, stay with its 110 numbers; what is at its best on thousands of correlated ones gets
// these.
#pragma once

#include <string_view>

namespace sermo::learn {

inline constexpr std::string_view kOriginalSchema = "librosa-110";
inline constexpr std::string_view kVoiceSchema = "sermo-voice";

}  // namespace sermo::learn
