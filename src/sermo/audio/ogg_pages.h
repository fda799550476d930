// What the pages of an Ogg file tell before anything is decoded. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace sermo::audio {

// The codec of the first stream that libogg finds: "vorbis", "opus", "flac", "speex", "theora" (a
// video) or "".
std::string_view ogg_codec(std::span<const std::byte> bytes);

// Whether libvorbis accepts the three headers in front of the sound. libsndfile is not asked,
// because it leaks memory where one is damaged or missing. `bytes` are an Ogg file with Vorbis.
bool has_whole_vorbis_headers(std::span<const std::byte> bytes);

// Whether the last whole page ends its stream. A file that was cut has lost that page.
bool ogg_has_end(std::span<const std::byte> bytes);

}  // namespace sermo::audio
