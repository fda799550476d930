// How often, and how much memory, this program has allocated. Add allocation_counter.cc to the sources of the
// test: it replaces the global operator new.
#pragma once

#include <cstddef>

namespace sermo::testing {

size_t num_allocations();
size_t num_bytes_allocated();  // ever, whether freed since or not

}  // namespace sermo::testing
