// Several answers to the same question, put together: opinion pools.
//
// Genest & Zidek, "Combining probability distributions" (Statistical Science 1986). The linear pool
// is the weighted mean of the probabilities; the logarithmic one is proportional to the product of
// their powers, in which a member that all but rules a label out is heard. Thread rule: pure
// function.
#pragma once

#include <span>
#include <string_view>

#include "sermo/base/matrix.h"

namespace sermo::model {

enum class Pooling { kLinear, kLogarithmic };

// As hyper-parameters and files name it: "linear", "logarithmic".
std::string_view pooling_name(Pooling pooling);

// Below this a probability counts as this much, so that no member can rule a label out by itself.
inline constexpr float kLeastPooled = 1e-9f;

// `answers` are [N, K], one a member, calibrated; `weights` one a member, summing to 1. `out` gets
// their pool, [N, K], rows summing to 1. At least one member.
void pool(Pooling pooling, std::span<const Matrix> answers, std::span<const double> weights,
          Matrix& out);

}  // namespace sermo::model
