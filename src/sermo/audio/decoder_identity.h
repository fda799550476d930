// Which code turns a file into samples: part of the key of everything that is cached.
#pragma once

#include <string>

namespace sermo::audio {

// The version of our own decoding and resampling and those of the libraries behind them, e.g.
// "decoder-1 libsndfile-1.2.0 libsoxr-0.1.3 libmpg123-1.31.2 libavcodec-59.37.100". The last two
// are those that Sermo was built with, because mpg123 cannot be asked and FFmpeg's libraries are
// opened at first need only. Thread rule: pure function.
std::string decoder_identity();

}  // namespace sermo::audio
