#include "fit_options.h"

#include <filesystem>
#include <map>

#include "verbs/verbs.h"

namespace sermo::app {

void add_fit_options(CLI::App& verb, FitOptions& options, const std::string& seed_of,
                     Console& console) {
  CLI::Option* data = add_corpus_options(verb, options.corpus, "--data");
  verb.add_option("--features", options.features,
                  "Table of features: F.npz, F.csv, or X.npy with y.npy beside it (default, "
                  "without --data: the table that ships with Sermo)")
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

Result<data::Table> read_labelled_clips(const FitOptions& options, Console& console,
                                        Outcome& outcome) {
  if (options.corpus.roots.empty()) return read_feature_table(options.features, console);
  CorpusOptions corpus = options.corpus;
  corpus.jobs = options.jobs;
  corpus.unlabelled = data::Unlabelled::kSkip;
  return build_corpus(corpus, console, outcome);
}

std::string dataset_name(const FitOptions& options) {
  namespace fs = std::filesystem;
  if (options.corpus.roots.empty())
    return options.features.empty() ? "ravdess" : fs::path(options.features).stem().string();
  const fs::path root = fs::path(options.corpus.roots.front()).lexically_normal();
  return (root.has_filename() ? root : root.parent_path()).filename().string();
}

}  // namespace sermo::app
