// Which instruction sets the vectorised sources are compiled for. Included before everything else
// of Highway by the sources that use it, and by nothing else.
//
// One binary holds every variant and picks one at run time. The left-out sets would only add size:
// SSSE3 and the AVX-512 extensions beyond AVX3 give float arithmetic nothing, and vectors whose
// length is unknown when compiling (SVE, RVV) cannot be kept in arrays, as the FFT's butterflies
// do.
#pragma once

#include <hwy/detect_targets.h>

// Under a sanitizer SSE4 is left out too: what is checked is the same for every vector length, and
// checked code takes long to compile.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SERMO_SLOW_TO_COMPILE_TARGETS HWY_SSE4
#else
#define SERMO_SLOW_TO_COMPILE_TARGETS 0
#endif

#undef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS                                                             \
  (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | \
   SERMO_SLOW_TO_COMPILE_TARGETS)

// Put after the parameters of a lambda that computes with vectors: compiled for the instruction set
// at hand, and inlined however often it is called, so that its vectors stay in registers.
#define SERMO_VECTOR_LAMBDA HWY_ATTR __attribute__((always_inline))
