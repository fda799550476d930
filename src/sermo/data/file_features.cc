#include "sermo/data/file_features.h"

#include <fmt/format.h>

#include <utility>

#include "sermo/audio/resample.h"
#include "sermo/base/file.h"
#include "sermo/base/hash.h"

namespace sermo::data {
namespace {

// The name is given beside the error, so the message need not begin with the path.
Error without_path(Error error, const std::filesystem::path& path) {
  const std::string prefix = path.string() + ": ";
  if (error.message.starts_with(prefix)) error.message.erase(0, prefix.size());
  return error;
}

}  // namespace

// What is known of the file so far.
struct FileExtractor::File {
  std::vector<std::byte> bytes;
  std::vector<std::string> keys;             // one a schema; none without caches
  std::optional<audio::DecodedAudio> audio;  // decoded at first need
  std::vector<std::vector<float>> samples;   // at the schema's rate; empty until needed
};

FileExtractor::FileExtractor(Extractors extractors, const audio::DecodeOptions& decode,
                             const CopyOptions& copies, std::span<const FeatureCache> caches)
    : extractors_(extractors), decode_(decode), copies_(copies), caches_(caches) {
  for (size_t s = 0; s < extractors.size(); ++s) {
    workspaces_.push_back(extractors[s]->make_workspace());
    degraders_.emplace_back(extractors[s]->sample_rate_hz(),
                            copies.talkers.empty() ? nullptr : copies.talkers[s]);
  }
}

// All that decides a copy besides the recording and the schema.
std::string FileExtractor::how(const augment::Copy& copy, size_t schema) const {
  const bool has_talkers = augment::needs_talkers(copy.condition) && !copies_.talkers.empty() &&
                           copies_.talkers[schema] != nullptr;
  return fmt::format("degraded {}\n{}\nseed {}\ntalkers {}", augment::kDegraderVersion,
                     augment::name_of(copy.condition), copy.seed,
                     has_talkers ? copies_.talkers[schema]->fingerprint() : "none");
}

Result<ClipFeatures> FileExtractor::extract(const std::optional<augment::Copy>& copy, size_t schema,
                                            File& file) {
  const features::Extractor& extractor = *extractors_[schema];
  const int own_rate_hz = file.audio->format.sample_rate_hz;
  const int rate_hz = extractor.sample_rate_hz();
  std::vector<float>& samples = file.samples[schema];
  if (samples.empty()) {
    SERMO_TRY_VOID(audio::resample(file.audio->samples, own_rate_hz, rate_hz, samples));
  }
  if (!copy) return extract_clip(*file.audio, samples, extractor, *workspaces_[schema]);
  // What is played faster begins from the recording itself, which holds more than its resampled
  // self.
  const bool from_itself = copy->condition.speed != 1.0;
  SERMO_TRY_VOID(degraders_[schema].degrade(copy->condition, copy->seed,
                                            from_itself ? file.audio->samples : samples,
                                            from_itself ? own_rate_hz : rate_hz, degraded_));
  return extract_clip(*file.audio, degraded_, extractor, *workspaces_[schema]);
}

Result<ClipFeatures> FileExtractor::features_of(const std::optional<augment::Copy>& copy,
                                                size_t schema, File& file, FileFeatures& out) {
  std::string key;
  if (!caches_.empty()) {
    key = file.keys[schema];
    if (copy) key = FeatureCache::key_of_copy(key, how(*copy, schema));
    if (std::optional<ClipFeatures> found = caches_[schema].find(key)) return std::move(*found);
  }
  out.is_cached = false;
  if (!file.audio) {
    ++out.num_decodes;
    SERMO_TRY(file.audio, audio::decode_bytes(file.bytes, decode_));
  }
  Result<ClipFeatures> clip = extract(copy, schema, file);
  if (!clip && extractors_.size() > 1)
    return fail(std::move(clip.error()).in(extractors_[schema]->schema().name));
  if (clip && !caches_.empty()) {
    Result<void> stored = caches_[schema].store(key, *clip);
    if (!stored && !out.cache_error) out.cache_error = std::move(stored.error());
  }
  return clip;
}

std::vector<CopyFeatures> FileExtractor::copies_of(const std::string& content, size_t schema,
                                                   File& file, FileFeatures& out) {
  const augment::Recipe& recipe = copies_.recipes[schema];
  std::vector<CopyFeatures> copies;
  for (size_t c = 0; c < recipe.num_copies(); ++c) {
    const augment::Copy copy = augment::draw_copy(recipe, c, content, copies_.seed);
    copies.push_back({augment::name_of(copy.condition), features_of(copy, schema, file, out)});
  }
  return copies;
}

FileFeatures FileExtractor::process(const std::filesystem::path& path) {
  FileFeatures out;
  Result<std::vector<std::byte>> bytes = read_file(path);
  if (!bytes) {
    out.clip = fail(without_path(std::move(bytes.error()), path));
    return out;
  }
  File file{.bytes = std::move(*bytes)};
  file.samples.resize(extractors_.size());
  for (const FeatureCache& cache : caches_) file.keys.push_back(cache.key_of(file.bytes));
  out.is_cached = !caches_.empty();
  SchemaFeatures all;
  for (size_t s = 0; s < extractors_.size(); ++s) {
    Result<ClipFeatures> clip = features_of(std::nullopt, s, file, out);
    if (!clip) {
      out.clip = fail(std::move(clip.error()));
      return out;
    }
    all.push_back(std::move(*clip));
  }
  out.clip = std::move(all);
  if (copies_.recipes.empty()) return out;
  const std::string content = ContentHash().add(std::span<const std::byte>(file.bytes)).hex();
  for (size_t s = 0; s < extractors_.size(); ++s)
    out.copies.push_back(copies_of(content, s, file, out));
  return out;
}

}  // namespace sermo::data
