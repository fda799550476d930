// `sermo extract PATH... --out F`: the features of recordings, as a table; with --frames, the
// contours of each recording, as a file of its own.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "corpus.h"
#include "progress.h"
#include "sermo/audio/decode.h"
#include "sermo/base/parallel.h"
#include "sermo/data/frame_contours_io.h"
#include "sermo/data/scan.h"
#include "sermo/data/table_io.h"
#include "sermo/engine/frame_contours.h"
#include "sermo/features/extractor.h"
#include "sermo/learn/usual_schemas.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

namespace fs = std::filesystem;

struct ExtractOptions {
  CorpusOptions corpus;
  std::string out;
  bool frames = false;
  bool packed = false;
  std::string format = "npz";
  int jobs = 1;
};

int extract(const ExtractOptions& options, Console& console) {
  Outcome outcome;
  const Result<augment::Recipe> recipe = parse_augment(options.corpus.augment);
  if (!recipe) return failed(console, recipe.error());
  const WantedTable wanted{options.corpus.schema, *recipe};
  const auto tables = build_corpus(options.corpus, std::span(&wanted, 1), console, outcome);
  if (!tables) return failed(console, tables.error());
  const data::Table& table = tables->front();
  const auto storage = options.packed ? data::Storage::kPacked : data::Storage::kFloat32;
  if (const Result<void> written = data::write_table(options.out, table, storage); !written)
    return failed(console, written.error());
  const size_t num_copies = table.num_copies();
  console.note(fmt::format("{}: {} clips{}, {} features of schema {}", options.out,
                           table.num_rows() - num_copies,
                           num_copies > 0 ? fmt::format(" and {} copies", num_copies) : "",
                           table.schema.num_features(), table.schema.id));
  return outcome.exit_status();
}

// A path that --out of a table may have; empty or why not.
std::string not_a_table(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  return extension == ".npz" || extension == ".csv"
             ? ""
             : path + ": wanted a name ending in .npz or .csv";
}

// Contours of recordings, several at a time. The folders under `out` are those of the scan.
class FrameExtraction {
 public:
  FrameExtraction(const ExtractOptions& options,
                  std::shared_ptr<const features::Extractor> extractor, Console& console)
      : options_(options), extractor_(std::move(extractor)), console_(console) {}

  int run() {
    const std::vector<fs::path> roots(options_.corpus.roots.begin(), options_.corpus.roots.end());
    data::Scan found = data::scan(roots);
    Outcome outcome;
    for (const data::FailedFile& file : found.failures) {
      outcome.failed(file.error);
      console_.complain(file.error.message);
    }
    std::vector<Result<void>> done(found.files.size());
    const size_t num_workers = std::min(static_cast<size_t>(std::max(options_.jobs, 1)),
                                        std::max<size_t>(found.files.size(), 1));
    {
      Progress progress(console_, "extracting", "clips");
      std::atomic<size_t> next{0};
      std::atomic<size_t> num_done{0};
      // A turn is a thread's whole work, so that each has one workspace.
      parallel_for(num_workers, static_cast<int>(num_workers), [&](size_t) {
        const auto workspace = extractor_->make_workspace();
        for (size_t i = next.fetch_add(1); i < done.size(); i = next.fetch_add(1)) {
          done[i] = write(found.files[i], *workspace);
          progress.report(static_cast<double>(++num_done), static_cast<double>(done.size()));
        }
      });
    }
    for (size_t i = 0; i < done.size(); ++i) {
      if (done[i]) {
        outcome.succeeded();
        continue;
      }
      outcome.failed(done[i].error());
      const std::string& message = done[i].error().message;
      const std::string path = found.files[i].path.string();
      console_.complain(message.starts_with(path) ? message : path + ": " + message);
    }
    console_.note(fmt::format("{}: contours of {} clips, schema {}", options_.out,
                              done.size() - outcome.num_failed() + found.failures.size(),
                              extractor_->schema().id));
    return outcome.exit_status();
  }

 private:
  Result<void> write(const data::ScannedFile& file, features::Workspace& workspace) const {
    SERMO_TRY(const audio::DecodedAudio audio, audio::decode_file(file.path));
    SERMO_TRY(const features::FrameContours contours,
              engine::frame_contours(audio, *extractor_, workspace));
    // The recording's whole name: a.wav and a.mp3 have files of their own.
    const fs::path below = fs::path(file.name).lexically_normal().relative_path();
    if (below.begin() != below.end() && *below.begin() == "..")
      return fail(ErrorCode::kUsage, file.name + ": wanted a name without .. for --frames");
    const fs::path to = fs::path(options_.out) / (below.string() + "." + options_.format);
    std::error_code error;
    fs::create_directories(to.parent_path(), error);
    if (error) return fail(ErrorCode::kNotWritable, to.string() + ": " + error.message());
    return data::write_frame_contours(to, contours, extractor_->schema().id);
  }

  const ExtractOptions& options_;
  std::shared_ptr<const features::Extractor> extractor_;
  Console& console_;
};

int extract_frames(const ExtractOptions& options, Console& console) {
  const auto extractor = features::find_extractor(options.corpus.schema);
  if (!extractor) return failed(console, extractor.error());
  return FrameExtraction(options, *extractor, console).run();
}

}  // namespace

void add_extract(CLI::App& program, Console& console, int& status) {
  CLI::App& verb = *program.add_subcommand("extract", "Compute the features of recordings");
  const auto options = std::make_shared<ExtractOptions>();
  add_corpus_options(verb, options->corpus, "PATH");
  options->corpus.schema = learn::kOriginalSchema;
  verb.get_option("--schema")->capture_default_str();
  verb.add_option("--out,-o", options->out,
                  "Table to write: F.npz (opens with numpy) or F.csv; with --frames, a folder")
      ->required()
      ->type_name("F");
  CLI::Option* frames =
      verb.add_flag("--frames", options->frames,
                    "Write what each 10 ms of a recording are like (F0, energy, ...), a file a "
                    "recording; needs --schema sermo-voice");
  verb.add_flag("--packed", options->packed,
                "Keep a number in a byte: a quarter of the size, off by at most 1/510 of what its "
                "column spans; F.npz only")
      ->excludes(frames);
  verb.add_option("--format", options->format, "Of --frames: npz or csv")
      ->check(CLI::IsMember({"npz", "csv"}))
      ->needs(frames)
      ->capture_default_str()
      ->type_name("F");
  verb.add_option("--seed", options->corpus.seed, "Of the degraded copies")
      ->capture_default_str()
      ->type_name("N");
  add_common_options(verb, console, options->jobs);
  verb.footer("Example: sermo extract recordings/ --out features.npz");
  verb.callback([options, &console, &status] {
    options->corpus.jobs = options->jobs;
    if (options->frames) {
      status = extract_frames(*options, console);
      return;
    }
    if (const std::string problem = not_a_table(options->out); !problem.empty())
      throw CLI::ValidationError("--out", problem);
    status = extract(*options, console);
  });
}

}  // namespace sermo::app
