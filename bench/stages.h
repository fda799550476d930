// Times the stages of an extraction one by one, each on all that it starts from.
#pragma once

#include <benchmark/benchmark.h>

namespace sermo::bench {

// `Clip` holds what every stage starts from and room for what it gives.
template <class Clip, class Stage>
void time_stage(benchmark::State& state, Stage stage) {
  Clip clip;
  for (auto _ : state) {
    stage(clip);
    benchmark::ClobberMemory();
  }
}

}  // namespace sermo::bench

// A benchmark of that name, in milliseconds, of the statements behind it: they work on `Clip& c`,
// of the type Clip that the program defines.
#define SERMO_STAGE(name, ...)                                             \
  void name(benchmark::State& state) {                                     \
    ::sermo::bench::time_stage<Clip>(state, [](Clip& c) { __VA_ARGS__; }); \
  }                                                                        \
  BENCHMARK(name)->Unit(benchmark::kMillisecond)
