#include "sermo/data/feature_cache.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sermo/audio/decoder_identity.h"
#include "sermo/base/file.h"
#include "sermo/base/hash.h"

namespace sermo::data {
namespace {

static_assert(std::endian::native == std::endian::little, "entries are written as they lie");

// Raised whenever the form of entries changes; it is part of the key, so old entries are misses.
constexpr std::string_view kMagic = "SERMOCLIP1";
constexpr size_t kHashDigits = 32;
constexpr size_t kMaxEntryBytes = size_t{1} << 20;

std::string checksum_of(std::string_view key, std::string_view content) {
  return ContentHash().add(key).add(content).hex();
}

class EntryWriter {
 public:
  template <typename T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void put_text(std::string_view text) {
    put(static_cast<uint32_t>(text.size()));
    text_ += text;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// Reads what EntryWriter wrote; false where too little is left.
class EntryReader {
 public:
  explicit EntryReader(std::string_view text) : rest_(text) {}

  template <typename T>
  bool get(T& value) {
    if (rest_.size() < sizeof value) return false;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return true;
  }
  bool get_text(std::string& text) {
    uint32_t size = 0;
    if (!get(size) || rest_.size() < size) return false;
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::string serialise(const ClipFeatures& clip) {
  EntryWriter out;
  out.put_text(kMagic);
  out.put_text(clip.samples_hash);
  out.put(clip.duration_s);
  out.put(static_cast<uint32_t>(clip.values.size()));
  for (const float value : clip.values) out.put(value);
  out.put(static_cast<uint32_t>(clip.warnings.size()));
  for (const std::string& warning : clip.warnings) out.put_text(warning);
  return out.take();
}

std::optional<ClipFeatures> parse(std::string_view content, size_t num_features) {
  EntryReader in(content);
  ClipFeatures clip;
  std::string magic;
  uint32_t num_values = 0, num_warnings = 0;
  if (!in.get_text(magic) || magic != kMagic || !in.get_text(clip.samples_hash) ||
      !in.get(clip.duration_s) || !in.get(num_values) || num_values != num_features)
    return std::nullopt;
  clip.values.resize(num_features);
  for (float& value : clip.values)
    if (!in.get(value) || !std::isfinite(value)) return std::nullopt;
  if (!in.get(num_warnings)) return std::nullopt;
  for (uint32_t i = 0; i < num_warnings; ++i)
    if (!in.get_text(clip.warnings.emplace_back())) return std::nullopt;
  if (!in.at_end()) return std::nullopt;
  return clip;
}

}  // namespace

FeatureCache::FeatureCache(std::filesystem::path folder, const features::Extractor& extractor,
                           const audio::DecodeOptions& options)
    : folder_(std::move(folder)), num_features_(extractor.schema().num_features()) {
  context_ = ContentHash()
                 .add(fmt::format("{}\n{}\n{} Hz\n{}\nat most {} s\n", kMagic,
                                  features::to_json(extractor.schema()), extractor.sample_rate_hz(),
                                  audio::decoder_identity(), options.max_duration_s))
                 .hex();
}

std::string FeatureCache::key_of(std::span<const std::byte> file_bytes) const {
  return ContentHash().add(std::string_view(context_)).add(file_bytes).hex();
}

std::string FeatureCache::key_of_copy(std::string_view key, std::string_view how) {
  return ContentHash().add(key).add(how).hex();
}

std::filesystem::path FeatureCache::path_of(const std::string& key) const {
  return folder_ / key.substr(0, 2) / (key.substr(2) + ".clip");
}

std::optional<ClipFeatures> FeatureCache::find(const std::string& key) const {
  const Result<std::string> entry = read_text_file(path_of(key), kMaxEntryBytes);
  if (!entry || entry->size() < kHashDigits) return std::nullopt;
  const std::string_view content = std::string_view(*entry).substr(0, entry->size() - kHashDigits);
  if (std::string_view(*entry).substr(content.size()) != checksum_of(key, content))
    return std::nullopt;
  return parse(content, num_features_);
}

Result<void> FeatureCache::store(const std::string& key, const ClipFeatures& clip) const {
  const std::string content = serialise(clip);
  return write_file_atomically(path_of(key), content + checksum_of(key, content));
}

}  // namespace sermo::data
