// `sermo extract PATH... --out F`: the features of recordings, as a table.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "corpus.h"
#include "sermo/data/table_io.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

struct ExtractOptions {
  CorpusOptions corpus;
  std::string out;
  int jobs = 1;
};

int extract(const ExtractOptions& options, Console& console) {
  Outcome outcome;
  const Result<data::Table> table = build_corpus(options.corpus, console, outcome);
  if (!table) return failed(console, table.error());
  if (const Result<void> written = data::write_table(options.out, *table); !written)
    return failed(console, written.error());
  console.note(fmt::format("{}: {} clips, {} features of schema {}", options.out, table->num_rows(),
                           table->schema.num_features(), table->schema.id));
  return outcome.exit_status();
}

}  // namespace

void add_extract(CLI::App& program, Console& console, int& status) {
  CLI::App& verb = *program.add_subcommand("extract", "Compute the features of recordings");
  const auto options = std::make_shared<ExtractOptions>();
  add_corpus_options(verb, options->corpus, "PATH");
  verb.add_option("--out,-o", options->out, "Table to write: F.npz (opens with numpy) or F.csv")
      ->required()
      ->check([](const std::string& path) -> std::string {
        const std::string extension = std::filesystem::path(path).extension().string();
        return extension == ".npz" || extension == ".csv"
                   ? ""
                   : path + ": wanted a name ending in .npz or .csv";
      })
      ->type_name("F");
  add_common_options(verb, console, options->jobs);
  verb.footer("Example: sermo extract recordings/ --out features.npz");
  verb.callback([options, &console, &status] {
    options->corpus.jobs = options->jobs;
    status = extract(*options, console);
  });
}

}  // namespace sermo::app
