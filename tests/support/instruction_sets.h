// Runs a check once for every instruction set that the vectorised code is compiled for and this
// processor has.
#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstddef>
#include <cstdint>

#include "sermo/dsp/simd.h"

namespace sermo::testing {

template <class Check>
void for_each_instruction_set(const Check& check) {
  size_t num_tried = 0;
  for (int64_t left = hwy::SupportedTargets() & HWY_TARGETS; left != 0; left &= left - 1) {
    const int64_t target = left & -left;
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    check();
    ++num_tried;
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  EXPECT_GE(num_tried, 1u);
}

}  // namespace sermo::testing
