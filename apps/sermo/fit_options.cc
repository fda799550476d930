#include "fit_options.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "sermo/augment/recipe.h"
#include "sermo/learn/usual_schemas.h"
#include "verbs/verbs.h"

namespace sermo::app {

void add_fit_options(CLI::App& verb, FitOptions& options, const std::string& seed_of,
                     Console& console) {
  CLI::Option* data = add_corpus_options(verb, options.corpus, "--data");
  verb.get_option("--schema")
      ->description(
          "Fit every model on these features (default: those that suit each, or the table's)");
  verb.get_option("--augment")
      ->description(
          "Degraded copies of each recording, to learn from only, as in speed:2,degraded:4 or "
          "'noise white 5..25 dB:3'; none for none (default: " +
          std::string(augment::kRobustRecipe) + " for sermo-voice, none for librosa-110)");
  verb.add_option("--features", options.features,
                  "Table of features: F.npz, F.csv, or X.npy with y.npy beside it (default, "
                  "without --data: the tables that ship with Sermo)")
      ->type_name("F")
      ->excludes(data);
  verb.add_option("--models", options.models,
                  "all, or names: " + learner_names() + ", or a vote of them: vote(svm,et)")
      ->type_name("NAMES");
  static const std::map<std::string, learn::ClassWeight> kWeights = {
      {"none", learn::ClassWeight::kNone}, {"balanced", learn::ClassWeight::kBalanced}};
  verb.add_option("--class-weight", options.class_weight,
                  "none, or balanced (rare labels count more)")
      ->transform(CLI::Transformer(kWeights).description(""))
      ->type_name("W");
  verb.add_option("--seed", options.seed, "Of " + seed_of + " and of every learner")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--epochs", options.epochs,
                  "Of nets, at most (default: as many as each one's recipe says)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  add_common_options(verb, console, options.jobs);
}

namespace {

// What voices never heard, in rooms and on telephones, are learnt with; the original's 110 features
// are learnt from as the original did.
std::string_view usual_recipe(const std::string& schema) {
  return schema == learn::kVoiceSchema ? augment::kRobustRecipe : "none";
}

// The tables of recordings, one a schema.
Result<std::vector<data::Table>> build_tables(const FitOptions& options,
                                              std::span<const std::string> schemas,
                                              Console& console, Outcome& outcome) {
  const CorpusOptions corpus = labelled_corpus(options);
  std::vector<WantedTable> wanted;
  for (const std::string& schema : schemas) {
    const std::string recipe(corpus.augment.empty() ? usual_recipe(schema) : corpus.augment);
    SERMO_TRY(wanted.emplace_back().recipe, parse_augment(recipe));
    wanted.back().schema = schema;
  }
  return build_corpus(corpus, wanted, console, outcome);
}

Result<std::vector<data::Table>> read_tables(const FitOptions& options,
                                             std::span<const std::string> schemas, Console& console,
                                             Outcome& outcome) {
  if (!options.corpus.roots.empty()) return build_tables(options, schemas, console, outcome);
  std::vector<data::Table> tables;
  for (const std::string& schema : schemas) {
    SERMO_TRY(tables.emplace_back(), read_shipped_table(schema, console));
  }
  console.note("features that ship with Sermo: RAVDESS speech, CC BY-NC-SA 4.0 (see NOTICE)");
  return tables;
}

}  // namespace

Result<std::vector<Fitting>> read_fittings(const FitOptions& options, Console& console,
                                           Outcome& outcome) {
  std::string schema = options.corpus.schema;
  std::vector<data::Table> tables;
  if (!options.features.empty()) {
    SERMO_TRY(tables.emplace_back(), read_feature_table(options.features, console));
    const std::string& found = tables.front().schema.name;
    if (!schema.empty() && schema != found) {
      return fail(ErrorCode::kMismatch, fmt::format("{}: its features are {}, --schema wants {}",
                                                    options.features, found, schema));
    }
    schema = found;
  }
  SERMO_TRY(std::vector<ChosenModels> chosen, choose_models(options.models, schema));
  if (chosen.empty())
    return fail(ErrorCode::kUsage, "no model is named, wanted at least one in --models");
  if (tables.empty()) {
    std::vector<std::string> schemas;
    for (const ChosenModels& models : chosen) schemas.push_back(models.schema);
    SERMO_TRY(tables, read_tables(options, schemas, console, outcome));
  }
  if (options.corpus.roots.empty() && !options.corpus.metadata.empty()) {
    SERMO_TRY(tables, relabel_tables(std::move(tables), options.corpus.metadata, console));
  }
  std::vector<Fitting> fittings;
  const std::string clips = data::clips_fingerprint(tables.front());
  for (size_t s = 0; s < tables.size(); ++s) {
    if (data::clips_fingerprint(tables[s]) != clips) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("the tables of {} and {} are not of the same clips in the same order",
                              chosen.front().schema, chosen[s].schema));
    }
    fittings.push_back({std::move(chosen[s]), std::move(tables[s])});
  }
  return fittings;
}

CorpusOptions labelled_corpus(const FitOptions& options) {
  CorpusOptions corpus = options.corpus;
  corpus.jobs = options.jobs;
  corpus.unlabelled = data::Unlabelled::kSkip;
  corpus.seed = options.seed;
  return corpus;
}

std::string dataset_name(const FitOptions& options) {
  namespace fs = std::filesystem;
  if (options.corpus.roots.empty())
    return options.features.empty() ? "ravdess" : fs::path(options.features).stem().string();
  const fs::path root = fs::path(options.corpus.roots.front()).lexically_normal();
  return (root.has_filename() ? root : root.parent_path()).filename().string();
}

}  // namespace sermo::app
