// The module sermo_ffmpeg.so: mp4, m4a, mov, 3gp, webm, matroska and bare AAC, through FFmpeg's
// libraries. See ffmpeg_abi.h.
//
// Only what the bytes themselves hold is ever read: demuxers and decoders are limited to short
// lists, no protocol is allowed, and opening anything else is refused. Without this a text of one
// line that names another file would make FFmpeg read that file.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/dict.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sermo/audio/ffmpeg_abi.h"
#include "sermo/audio/memory_file.h"

namespace sermo::audio {
namespace {

constexpr char kDemuxers[] = "mov,mp4,m4a,3gp,3g2,mj2,aac,matroska,webm";
constexpr char kDecoders[] =
    "aac,alac,opus,vorbis,mp3,mp3float,mp2,mp2float,flac,ac3,eac3,amrnb,amrwb,pcm_u8,pcm_s8,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,"
    "pcm_f64be,pcm_alaw,pcm_mulaw";

// What FFmpeg has to say goes to whoever decodes on this thread, and never to the terminal. Threads
// that are not decoding here (of a program that uses FFmpeg itself) keep FFmpeg's own behaviour.
thread_local std::string* first_error_line = nullptr;

void receive_log_line(void* about, int level, const char* format, va_list arguments) {
  if (first_error_line == nullptr) {
    av_log_default_callback(about, level, format, arguments);
    return;
  }
  if (level > AV_LOG_ERROR || !first_error_line->empty()) return;
  char line[256];
  std::vsnprintf(line, sizeof(line), format, arguments);
  *first_error_line = line;
  const auto end = first_error_line->find_last_not_of(" \r\n.");
  first_error_line->erase(end == std::string::npos ? 0 : end + 1);
}

class LogCapture {
 public:
  LogCapture() {
    static const bool installed = (av_log_set_callback(receive_log_line), true);
    static_cast<void>(installed);
    first_error_line = &line_;
  }
  ~LogCapture() { first_error_line = nullptr; }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  const std::string& line() const { return line_; }

 private:
  std::string line_;
};

struct FreeIo {
  void operator()(AVIOContext* io) const {
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
};
struct CloseInput {
  void operator()(AVFormatContext* input) const { avformat_close_input(&input); }
};
struct FreeCodec {
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};

struct Failure {
  SermoFfmpegStatus status = kSermoFfmpegOk;
  std::string message;
  explicit operator bool() const { return status != kSermoFfmpegOk; }
};

std::string error_text(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof(text));
  return text;
}

// One sample of each type to float, full scale to [-1, 1].
float to_float(uint8_t x) { return (static_cast<float>(x) - 128.0F) / 128.0F; }
float to_float(int16_t x) { return static_cast<float>(x) / 32768.0F; }
float to_float(int32_t x) { return static_cast<float>(x) / 2147483648.0F; }
float to_float(float x) { return x; }
float to_float(double x) { return static_cast<float>(x); }

template <typename T>
void interleave(const AVFrame& frame, bool planar, int num_channels, float* out) {
  for (int c = 0; c < num_channels; ++c) {
    const auto* in = reinterpret_cast<const T*>(frame.extended_data[planar ? c : 0]);
    const int step = planar ? 1 : num_channels;
    if (!planar) in += c;
    for (int i = 0; i < frame.nb_samples; ++i) {
      out[static_cast<ptrdiff_t>(i) * num_channels + c] =
          to_float(in[static_cast<ptrdiff_t>(i) * step]);
    }
  }
}

// False for a sample type that no decoder of the list gives.
bool interleave(const AVFrame& frame, float* out) {
  const auto type = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(type) != 0;
  const int num_channels = frame.ch_layout.nb_channels;
  switch (av_get_packed_sample_fmt(type)) {
    case AV_SAMPLE_FMT_U8:
      interleave<uint8_t>(frame, planar, num_channels, out);
      return true;
    case AV_SAMPLE_FMT_S16:
      interleave<int16_t>(frame, planar, num_channels, out);
      return true;
    case AV_SAMPLE_FMT_S32:
      interleave<int32_t>(frame, planar, num_channels, out);
      return true;
    case AV_SAMPLE_FMT_FLT:
      interleave<float>(frame, planar, num_channels, out);
      return true;
    case AV_SAMPLE_FMT_DBL:
      interleave<double>(frame, planar, num_channels, out);
      return true;
    default:
      return false;
  }
}

class Decoding {
 public:
  Decoding(std::span<const std::byte> bytes, const SermoFfmpegSink& sink)
      : file_(bytes), sink_(sink) {}

  Failure run() {
    if (Failure failure = open_input()) return failure;
    if (Failure failure = open_decoder()) return failure;
    return decode_all();
  }

  uint32_t num_packets() const { return num_packets_; }
  uint32_t num_damaged_packets() const { return num_damaged_packets_; }

  // From the end of the last good packet to where the file says that the audio ends. 0 where it
  // does not say: bare AAC, or a webm made on the fly.
  double missing_duration_s() const {
    if (num_packets_ == 0 || input_->duration_estimation_method != AVFMT_DURATION_FROM_STREAM)
      return 0.0;
    double declared_s = 0.0;
    if (stream_->duration != AV_NOPTS_VALUE) {
      declared_s = seconds(stream_->duration);
      if (stream_->start_time != AV_NOPTS_VALUE) declared_s += seconds(stream_->start_time);
    } else if (input_->nb_streams == 1 && input_->duration != AV_NOPTS_VALUE) {
      declared_s = static_cast<double>(input_->duration) / AV_TIME_BASE;
    }
    return std::max(0.0, declared_s - seconds(last_packet_end_));
  }

 private:
  static Failure corrupt(std::string message) { return {kSermoFfmpegCorrupt, std::move(message)}; }
  static Failure unsupported(std::string message) {
    return {kSermoFfmpegUnsupported, std::move(message)};
  }
  // FFmpeg's own line says more than its error number.
  Failure corrupt(int error) const {
    return corrupt("nothing in it can be decoded (FFmpeg: " +
                   (log_.line().empty() ? error_text(error) : log_.line()) + ")");
  }

  Failure open_input() {
    constexpr int kBufferBytes = 32 * 1024;
    auto* const buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
    if (buffer == nullptr) return corrupt("out of memory");
    io_.reset(avio_alloc_context(buffer, kBufferBytes, 0, &file_, read, nullptr, seek));
    if (io_ == nullptr) {
      av_free(buffer);
      return corrupt("out of memory");
    }
    AVFormatContext* input = avformat_alloc_context();
    if (input == nullptr) return corrupt("out of memory");
    input->pb = io_.get();
    input->flags |= AVFMT_FLAG_CUSTOM_IO;
    AVDictionary* options = nullptr;
    av_dict_set(&options, "format_whitelist", kDemuxers, 0);
    av_dict_set(&options, "codec_whitelist", kDecoders, 0);
    av_dict_set(&options, "protocol_whitelist", "", 0);
    const int error = avformat_open_input(&input, "", nullptr, &options);  // frees on failure
    av_dict_free(&options);
    if (error < 0) return corrupt(error);
    input_.reset(input);
    if (const int found = avformat_find_stream_info(input, nullptr); found < 0)
      return corrupt(found);
    return {};
  }

  Failure open_decoder() {
    const int index = av_find_best_stream(input_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (index < 0) return no_audio_stream();
    stream_ = input_->streams[index];
    for (unsigned i = 0; i < input_->nb_streams; ++i) {
      if (input_->streams[i] != stream_) input_->streams[i]->discard = AVDISCARD_ALL;
    }
    const AVCodecParameters& parameters = *stream_->codecpar;
    const std::string name = avcodec_get_name(parameters.codec_id);
    const AVCodec* const codec = avcodec_find_decoder(parameters.codec_id);
    if (codec == nullptr) return unsupported("no decoder for " + name);
    decoder_.reset(avcodec_alloc_context3(codec));
    if (decoder_ == nullptr) return corrupt("out of memory");
    if (const int error = avcodec_parameters_to_context(decoder_.get(), &parameters); error < 0)
      return corrupt(error);
    decoder_->pkt_timebase = stream_->time_base;  // for samples to leave out at either end
    decoder_->thread_count = 1;
    AVDictionary* options = nullptr;
    av_dict_set(&options, "codec_whitelist", kDecoders, 0);
    const int error = avcodec_open2(decoder_.get(), codec, &options);
    av_dict_free(&options);
    if (error == AVERROR(EINVAL)) return unsupported("audio with the codec " + name);
    if (error < 0) return corrupt(error);
    return {};
  }

  Failure decode_all() {
    const std::unique_ptr<AVPacket, FreePacket> packet(av_packet_alloc());
    frame_.reset(av_frame_alloc());
    if (packet == nullptr || frame_ == nullptr) return corrupt("out of memory");
    while (av_read_frame(input_.get(), packet.get()) >= 0) {
      const bool wanted = packet->stream_index == stream_->index;
      if (wanted) {
        ++num_packets_;
        last_packet_duration_ = packet->duration;
        if (avcodec_send_packet(decoder_.get(), packet.get()) < 0) {
          ++num_damaged_packets_;
        } else if (packet->pts != AV_NOPTS_VALUE) {
          last_packet_end_ = packet->pts + packet->duration;
        }
      }
      av_packet_unref(packet.get());
      if (!wanted) continue;
      if (Failure failure = receive_frames()) return failure;
    }
    avcodec_send_packet(decoder_.get(), nullptr);
    if (Failure failure = receive_frames()) return failure;
    if (sample_rate_hz_ == 0) return corrupt(AVERROR_INVALIDDATA);
    trim_padding();
    return hand_on();
  }

  Failure receive_frames() {
    while (true) {
      const int error = avcodec_receive_frame(decoder_.get(), frame_.get());
      if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return {};
      if (error < 0) {
        ++num_damaged_packets_;
        return {};
      }
      Failure failure = take_frame();
      av_frame_unref(frame_.get());
      if (failure) return failure;
    }
  }

  // Keeps the frame's samples, and hands on those of the frame before.
  Failure take_frame() {
    const AVFrame& frame = *frame_;
    const int num_channels = frame.ch_layout.nb_channels;
    if (sample_rate_hz_ == 0) {
      sample_rate_hz_ = frame.sample_rate;
      num_channels_ = num_channels;
      const SermoFfmpegFormat format = {avcodec_get_name(decoder_->codec_id), sample_rate_hz_,
                                        num_channels_};
      if (sink_.on_format(sink_.context, &format) != 0) return {kSermoFfmpegStopped, ""};
    } else if (frame.sample_rate != sample_rate_hz_ || num_channels != num_channels_) {
      return unsupported("its sample rate or number of channels changes on the way");
    }
    if (Failure failure = hand_on()) return failure;
    block_frames_ = static_cast<size_t>(frame.nb_samples);
    block_.resize(block_frames_ * static_cast<size_t>(num_channels));
    if (!interleave(frame, block_.data())) return unsupported("samples of an unknown type");
    return {};
  }

  Failure hand_on() {
    if (block_frames_ == 0) return {};
    const bool stopped = sink_.on_samples(sink_.context, block_.data(), block_frames_) != 0;
    block_frames_ = 0;
    return stopped ? Failure{kSermoFfmpegStopped, ""} : Failure{};
  }

  // An encoder fills up its last frame with zeros. An mp4 tells by the duration of the last packet,
  // in samples, where the recording ended; FFmpeg leaves it to the caller to cut there.
  void trim_padding() {
    const AVRational tick = stream_->time_base;
    const bool counts_samples = tick.num == 1 && sample_rate_hz_ % tick.den == 0;
    const bool is_whole_frame = block_frames_ == static_cast<size_t>(decoder_->frame_size);
    if (!counts_samples || !is_whole_frame || last_packet_duration_ <= 0) return;
    const int64_t wanted = av_rescale_q(last_packet_duration_, tick, {1, sample_rate_hz_});
    block_frames_ = std::min(block_frames_, static_cast<size_t>(wanted));
  }

  double seconds(int64_t ticks) const {
    return static_cast<double>(ticks) * av_q2d(stream_->time_base);
  }

  // Either the file has other things than sound, or its beginning is too damaged to tell.
  Failure no_audio_stream() const {
    std::string list;
    bool has_other_content = false;
    for (unsigned i = 0; i < input_->nb_streams; ++i) {
      const AVCodecParameters& parameters = *input_->streams[i]->codecpar;
      const AVMediaType type = parameters.codec_type;
      has_other_content |= type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_SUBTITLE;
      const char* const type_name = av_get_media_type_string(type);
      if (i > 0) list += ", ";
      list += type_name == nullptr ? "unknown" : type_name;
      list += ' ';
      list += avcodec_get_name(parameters.codec_id);
    }
    if (!has_other_content) return corrupt(AVERROR_INVALIDDATA);
    return unsupported("no audio stream (found: " + list + ")");
  }

  static int read(void* file, uint8_t* out, int count) {
    const int64_t got = static_cast<MemoryFile*>(file)->read(out, count);
    return got == 0 ? AVERROR_EOF : static_cast<int>(got);
  }

  static int64_t seek(void* file, int64_t offset, int whence) {
    auto& memory = *static_cast<MemoryFile*>(file);
    return whence == AVSEEK_SIZE ? memory.size() : memory.seek(offset, whence & ~AVSEEK_FORCE);
  }

  LogCapture log_;
  MemoryFile file_;
  const SermoFfmpegSink& sink_;
  std::unique_ptr<AVIOContext, FreeIo> io_;
  std::unique_ptr<AVFormatContext, CloseInput> input_;
  std::unique_ptr<AVCodecContext, FreeCodec> decoder_;
  std::unique_ptr<AVFrame, FreeFrame> frame_;
  AVStream* stream_ = nullptr;
  std::vector<float> block_;  // of the newest frame, not handed on yet
  size_t block_frames_ = 0;
  int64_t last_packet_duration_ = 0;  // in ticks of the stream
  int64_t last_packet_end_ = 0;
  int sample_rate_hz_ = 0;  // 0 until the first frame
  int num_channels_ = 0;
  uint32_t num_packets_ = 0;
  uint32_t num_damaged_packets_ = 0;
};

void decode(const uint8_t* bytes, size_t num_bytes, const SermoFfmpegSink* sink,
            SermoFfmpegResult* result) {
  Decoding decoding(std::as_bytes(std::span(bytes, num_bytes)), *sink);
  const Failure failure = decoding.run();
  result->status = failure.status;
  result->num_packets = decoding.num_packets();
  result->num_damaged_packets = decoding.num_damaged_packets();
  result->missing_duration_s = failure ? 0.0 : decoding.missing_duration_s();
  std::snprintf(result->message, sizeof(result->message), "%s", failure.message.c_str());
}

}  // namespace
}  // namespace sermo::audio

extern "C" __attribute__((visibility("default"))) const SermoFfmpegModule* SERMO_FFMPEG_ENTRY() {
  static const SermoFfmpegModule module = {kSermoFfmpegAbiVersion, sermo::audio::decode};
  return &module;
}
