// What `extract` and `train` share: options about recordings, and the table that they become.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "console.h"
#include "sermo/augment/recipe.h"
#include "sermo/base/result.h"
#include "sermo/data/build_table.h"
#include "sermo/data/table.h"

namespace sermo::app {

struct CorpusOptions {
  std::vector<std::string> roots;  // files and folders
  std::string schema;              // name; empty: the one that suits what it is for
  std::string metadata;            // CSV of path,label,speaker; empty: labels from file names
  std::string cache;               // folder; empty: the console's
  bool no_cache = false;
  bool list_skipped = false;
  std::string augment;  // recipe of degraded copies (augment/recipe.h); empty: the verb's usual one
  std::string babble;   // folder of other people's recordings; empty: no babble
  uint64_t seed = 42;   // of the copies
  data::Unlabelled unlabelled =
      data::Unlabelled::kKeep;  // what becomes of clips that nobody labels
  int jobs = 1;
};

// Registers the options; `roots_option` is "--data" or the positional "PATH". Gives that option
// back.
CLI::Option* add_corpus_options(CLI::App& verb, CorpusOptions& options,
                                const std::string& roots_option);

// Which features are computed, and of which degraded copies besides the recordings.
struct WantedTable {
  std::string schema;
  augment::Recipe recipe;
};

// The features of every recording and of its copies, telling progress under `title` and nothing
// else. kUsage for babble without other talkers; those of data::build_tables.
Result<data::BuiltTables> extract_corpus(const CorpusOptions& options,
                                         std::span<const WantedTable> wanted,
                                         const std::string& title, Console& console);

// As extract_corpus, telling also what was skipped, failed or found twice; each recording counts in
// `outcome`. The tables, in the order wanted, are of the same clips. Fails when none could be
// extracted.
Result<std::vector<data::Table>> build_corpus(const CorpusOptions& options,
                                              std::span<const WantedTable> wanted, Console& console,
                                              Outcome& outcome);

// The recipe that --augment gives, with that name in its errors.
Result<augment::Recipe> parse_augment(const std::string& text);

// Reads a table, telling what was assumed about it.
Result<data::Table> read_feature_table(const std::string& path, Console& console);

// The table of a schema that ships with Sermo. kNotFound where there is none.
Result<data::Table> read_shipped_table(const std::string& schema, Console& console);

// Tables of the same clips under the labels and speakers of a CSV, by path; tells what either has
// and the other lacks. kMismatch where no path is in both; those of data::read_metadata.
Result<std::vector<data::Table>> relabel_tables(std::vector<data::Table> tables,
                                                const std::string& metadata,
                                                const Console& console);

// The schemas of all extractors, for reading tables.
std::vector<features::Schema> known_schemas();

// The names of all learners, separated by commas.
std::string learner_names();

}  // namespace sermo::app
