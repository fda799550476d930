// What `train` and `evaluate` share: which clips, which models, and how they are fitted.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "chosen_models.h"
#include "console.h"
#include "corpus.h"
#include "sermo/base/result.h"
#include "sermo/data/table.h"
#include "sermo/learn/learner.h"

namespace sermo::app {

struct FitOptions {
  CorpusOptions corpus;  // recordings, where any are named
  std::string features;  // else a table; empty: those that ship with Sermo
  std::vector<std::string> models = {"all"};
  learn::ClassWeight class_weight = learn::ClassWeight::kNone;
  uint32_t seed = 42;
  int epochs = 0;  // of nets, at most; 0: as many as each one's recipe says
  int jobs = 1;
};

// Registers the options, --jobs and --quiet among them; `seed_of` says what the seed decides.
void add_fit_options(CLI::App& verb, FitOptions& options, const std::string& seed_of,
                     Console& console);

// Models, and the labelled clips to fit them on under the schema they share.
struct Fitting {
  ChosenModels models;
  data::Table table;
};

// What the options ask for, schema by schema: all of the same clips in the same order. Each
// recording counts in `outcome`. kUsage where nothing is to be fitted, kMismatch where a table is
// not of the schema that was chosen or the tables are not of the same clips.
Result<std::vector<Fitting>> read_fittings(const FitOptions& options, Console& console,
                                           Outcome& outcome);

// How the recordings are extracted: the labelled ones, with the verb's own seed and jobs.
CorpusOptions labelled_corpus(const FitOptions& options);

// What a manifest calls the data: the folder's or the table's name.
std::string dataset_name(const FitOptions& options);

}  // namespace sermo::app
