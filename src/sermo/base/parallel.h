// A loop whose turns are taken by several threads.
//
// Turn i is started before turn i + 1, so put the long ones first. Each turn runs wholly on one
// thread; what it computes must depend on i alone, so that results do not depend on the number of
// threads.
#pragma once

#include <cstddef>
#include <functional>

namespace sermo {

// Calls turn(0) ... turn(num_turns - 1), at most `num_threads` (at least 1) at a time, one of them
// on the calling thread. Returns when all are done. An exception from a turn is thrown again here,
// after the turns that were under way.
void parallel_for(size_t num_turns, int num_threads, const std::function<void(size_t)>& turn);

// The number of processors this process may use; at least 1.
int available_processors();

}  // namespace sermo
