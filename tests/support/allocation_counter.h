// How often this program has allocated memory. Add allocation_counter.cc to the sources of the
// test: it replaces the global operator new.
#pragma once

#include <cstddef>

namespace sermo::testing {

size_t num_allocations();

}  // namespace sermo::testing
