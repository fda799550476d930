#include "corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

#include "progress.h"
#include "sermo/data/build_table.h"
#include "sermo/data/relabel.h"
#include "sermo/data/table_io.h"
#include "sermo/features/extractor.h"
#include "sermo/learn/registry.h"
#include "talkers.h"

namespace sermo::app {
namespace {

namespace fs = std::filesystem;

struct ShippedTable {
  std::string_view schema;
  std::string_view file;
};

constexpr std::array<ShippedTable, 2> kShippedTables = {
    {{"librosa-110", "ravdess-librosa110.npz"}, {"sermo-voice", "ravdess-sermo-voice.npz"}}};

// The first few of a list, one a line, and how many more there are.
template <typename Items, typename Line>
void list(const Console& console, const Items& items, size_t most, const Line& line) {
  for (size_t i = 0; i < std::min(most, items.size()); ++i) console.note("  " + line(items[i]));
  if (items.size() > most) console.note(fmt::format("  and {} more", items.size() - most));
}

constexpr size_t kFew = 5;

void tell_paths(const Console& console, const std::string& what,
                const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  console.note(fmt::format("{}: {}", what, paths.size()));
  list(console, paths, kFew, [](const std::string& path) { return path; });
}

// Entries of the user's CSV that are about no file of the scan, whatever became of the file.
Result<void> tell_missing_files(const CorpusOptions& options, const data::BuiltTables& built,
                                const Console& console) {
  if (options.metadata.empty()) return {};
  SERMO_TRY(const data::Metadata metadata, data::read_metadata(options.metadata));
  std::vector<std::string> files = built.tables.front().paths;
  for (const data::FailedFile& file : built.failures) files.push_back(file.name);
  for (const data::SkippedFile& file : built.skipped) files.push_back(file.name);
  tell_paths(console, options.metadata + ": rows without a recording",
             data::paths_without_clip(metadata, files));
  return {};
}

void tell_about(const data::BuiltTables& built, const CorpusOptions& options,
                const Console& console) {
  if (!built.skipped.empty()) {
    console.note(fmt::format("{} files skipped{}", built.skipped.size(),
                             options.list_skipped ? ":" : " (--list-skipped names them)"));
    if (options.list_skipped) {
      list(console, built.skipped, built.skipped.size(),
           [](const data::SkippedFile& file) { return file.name + ": " + file.reason; });
    }
  }
  if (!built.duplicates.empty()) {
    console.note(
        fmt::format("recordings that stand in more than one file, which flatters any score: {}",
                    built.duplicates.size()));
    list(console, built.duplicates, kFew, [](const std::vector<std::string>& group) {
      return fmt::format("{} = {}", group[0], group[1]);
    });
  }
  if (!built.warnings.empty()) {
    console.note(fmt::format("recordings decoded with a warning: {}", built.warnings.size()));
    list(console, built.warnings, kFew,
         [](const data::WarnedFile& file) { return file.name + ": " + file.warnings.front(); });
  }
  if (built.cache_error)
    console.note("the cache could not be written: " + built.cache_error->message);
}

std::string schema_names() {
  std::string names;
  for (const auto& extractor : features::all_extractors())
    names += (names.empty() ? "" : " or ") + extractor->schema().name;
  return names;
}

}  // namespace

CLI::Option* add_corpus_options(CLI::App& verb, CorpusOptions& options,
                                const std::string& roots_option) {
  const bool positional = !roots_option.starts_with("-");
  CLI::Option* roots = verb.add_option(roots_option, options.roots,
                                       "Recordings, or folders that are searched for them");
  if (positional) roots->required();
  if (!positional) roots->type_name("DIR");
  verb.add_option(
          "--metadata", options.metadata,
          "CSV with the columns path, label and speaker (default: labels from the file names of "
          "RAVDESS and EMO-DB, or those in the table)")
      ->type_name("F.csv");
  verb.add_option("--schema", options.schema, "Which features to compute: " + schema_names())
      ->type_name("NAME");
  CLI::Option* cache =
      verb.add_option("--cache", options.cache, "Folder of the feature cache")->type_name("DIR");
  verb.add_flag("--no-cache", options.no_cache, "Compute every recording anew")->excludes(cache);
  verb.add_flag("--list-skipped", options.list_skipped,
                "Name the files that were left out, and why");
  verb.add_option("--augment", options.augment,
                  "Degraded copies of each recording, to learn from only: names and numbers of "
                  "copies, as in speed:2,degraded:4, or conditions, as in 'noise white 5..25 dB:3'")
      ->needs(roots)
      ->type_name("RECIPE");
  verb.add_option("--babble", options.babble,
                  "Folder of other people's recordings, for conditions with babble")
      ->needs(roots)
      ->type_name("DIR");
  return roots;
}

Result<data::BuiltTables> extract_corpus(const CorpusOptions& options,
                                         std::span<const WantedTable> wanted,
                                         const std::string& title, Console& console) {
  std::vector<std::shared_ptr<const features::Extractor>> extractors;
  data::BuildOptions build;
  for (const auto& [schema, recipe] : wanted) {
    SERMO_TRY(extractors.emplace_back(), features::find_extractor(schema));
    build.copies.recipes.push_back(recipe);
    build.copies.talkers.emplace_back();
    if (!augment::needs_talkers(recipe)) continue;
    if (options.babble.empty())
      return fail(ErrorCode::kUsage, "babble needs --babble DIR with other people's recordings");
    SERMO_TRY(
        build.copies.talkers.back(),
        read_talkers(options.babble, options.roots, extractors.back()->sample_rate_hz(), console));
  }
  build.copies.seed = options.seed;
  if (options.metadata.empty()) {
    build.labellers = {data::ravdess_labeller(), data::emodb_labeller()};
  } else {
    SERMO_TRY(data::Metadata metadata, data::read_metadata(options.metadata));
    build.labellers = {data::metadata_labeller(std::move(metadata))};
  }
  if (!options.no_cache)
    build.cache_folder = options.cache.empty() ? console.cache_dir : fs::path(options.cache);
  build.unlabelled = options.unlabelled;
  build.num_threads = options.jobs;
  const std::vector<fs::path> roots(options.roots.begin(), options.roots.end());
  Progress progress(console, title, "clips");
  build.progress = [&](const data::BuildProgress& p) {
    progress.report(static_cast<double>(p.num_done), static_cast<double>(p.num_total),
                    p.num_cached > 0 ? fmt::format("{} from the cache", p.num_cached) : "");
  };
  return data::build_tables(roots, extractors, build);
}

Result<augment::Recipe> parse_augment(const std::string& text) {
  Result<augment::Recipe> recipe = augment::parse_recipe(text);
  if (!recipe) return fail(std::move(recipe.error()).in("--augment"));
  return recipe;
}

Result<std::vector<data::Table>> build_corpus(const CorpusOptions& options,
                                              std::span<const WantedTable> wanted, Console& console,
                                              Outcome& outcome) {
  const auto start = std::chrono::steady_clock::now();
  SERMO_TRY(data::BuiltTables built, extract_corpus(options, wanted, "extracting", console));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (const data::FailedFile& file : built.failures) {
    outcome.failed(file.error);
    console.complain(file.error.message.starts_with(file.name)
                         ? file.error.message
                         : file.name + ": " + file.error.message);
  }
  size_t num_copies = 0;  // under the schema that has most
  for (const data::Table& table : built.tables)
    num_copies = std::max(num_copies, table.num_copies());
  const size_t num_clips = built.tables.front().num_rows() - built.tables.front().num_copies();
  for (size_t r = 0; r < num_clips; ++r) outcome.succeeded();
  tell_about(built, options, console);
  SERMO_TRY_VOID(tell_missing_files(options, built, console));
  if (num_clips == 0) {
    if (!built.failures.empty())
      return fail(built.failures.front().error.code, "no recording could be used");
    if (options.unlabelled == data::Unlabelled::kSkip && !built.skipped.empty()) {
      return fail(
          ErrorCode::kNotFound,
          fmt::format(
              "no labelled recordings among {} files: names must be RAVDESS's or EMO-DB's, or "
              "--metadata must list them",
              built.skipped.size()));
    }
    return fail(ErrorCode::kNotFound, "no recordings found");
  }
  console.note(
      fmt::format("{} clips{} in {:.1f} s ({:.0f} clips/s, {} from the cache)", num_clips,
                  num_copies > 0 ? fmt::format(" and {} degraded copies of them", num_copies) : "",
                  seconds, static_cast<double>(num_clips) / seconds, built.num_cached));
  return std::move(built.tables);
}

Result<data::Table> read_feature_table(const std::string& path, Console& console) {
  SERMO_TRY(data::LoadedTable loaded, data::read_table(path, known_schemas()));
  if (!loaded.note.empty()) console.note(loaded.note);
  return std::move(loaded.table);
}

Result<data::Table> read_shipped_table(const std::string& schema, Console& console) {
  SERMO_TRY_VOID(features::find_extractor(schema));
  const auto shipped = std::ranges::find(kShippedTables, schema, &ShippedTable::schema);
  if (shipped == kShippedTables.end())
    return fail(ErrorCode::kNotFound, "no table of " + schema + " ships with Sermo");
  return read_feature_table((console.shipped_dir / shipped->file).string(), console);
}

Result<std::vector<data::Table>> relabel_tables(std::vector<data::Table> tables,
                                                const std::string& metadata,
                                                const Console& console) {
  SERMO_TRY(const data::Metadata entries, data::read_metadata(metadata));
  for (data::Table& table : tables) {
    data::Relabelled relabelled = data::relabel(std::move(table), entries);
    table = std::move(relabelled.table);
    if (&table != &tables.front()) continue;  // the others are of the same clips
    if (relabelled.entries_without_row.size() == entries.size()) {
      return fail(
          ErrorCode::kMismatch,
          fmt::format("{}: none of its {} paths is in the table{}", metadata, entries.size(),
                      entries.empty() || table.paths.empty()
                          ? ""
                          : fmt::format(" (it has {}, the table {})", entries.begin()->first,
                                        table.paths.front())));
    }
    tell_paths(console, metadata + ": rows without a clip in the table",
               relabelled.entries_without_row);
    tell_paths(console, "clips of the table that " + metadata + " does not list, left out",
               relabelled.rows_without_entry);
  }
  return tables;
}

std::vector<features::Schema> known_schemas() {
  std::vector<features::Schema> schemas;
  for (const auto& extractor : features::all_extractors()) schemas.push_back(extractor->schema());
  return schemas;
}

std::string learner_names() {
  std::string names;
  for (const auto& learner : learn::all_learners()) {
    if (!names.empty()) names += ", ";
    names += learner->name();
  }
  return names;
}

}  // namespace sermo::app
