#!/usr/bin/env bash
# Makes the audio files of tests/data/audio/clips: one short utterance of a synthetic voice in every kind of file that Sermo
# reads, and a few that it must refuse. The files are committed; run this again only to add one.
#
#   tools/samples/make_fixtures.sh        needs espeak-ng, sox and ffmpeg
#
# Made with Debian 12's espeak-ng 1.51, SoX 14.4.2 and FFmpeg 5.1.
set -euo pipefail
out="$(cd "$(dirname "$0")/../.." && pwd)/tests/data/audio/clips"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
cd "$work"

ff() { ffmpeg -nostdin -hide_banner -loglevel error -y "${@:1:$#-1}" -fflags +bitexact -flags:a +bitexact "${@: -1}"; }
to() { sox -R -D "$@"; } # repeatable, no dither

# The utterance: 1.2 s, 16 kHz, 16 bit, mono.
espeak-ng -v en-us -s 170 -p 55 -w spoken.wav "The kids are talking by the door"
to spoken.wav -r 16000 -b 16 "$out/clip.wav" rate trim 0.05 1.2 gain -n -4
clip="$out/clip.wav"

# The same clip in every container and codec.
ff -i "$clip" -c:a flac "$out/clip.flac"
ff -i "$clip" -c:a libvorbis -q:a 5 -page_duration 250000 "$out/clip.ogg"
ff -i "$clip" -c:a libopus -b:a 48k -page_duration 250000 "$out/clip.opus"
ff -i "$clip" -c:a libmp3lame -b:a 64k "$out/clip.mp3"
ff -i "$clip" -c:a aac -b:a 64k "$out/clip.aac"
ff -i "$clip" -c:a aac -b:a 64k -movflags +faststart "$out/clip.m4a"
ff -i "$clip" -c:a libopus -b:a 48k "$out/clip.webm"
ff -f lavfi -i color=c=teal:s=32x32:r=5:d=1.2 -i "$clip" -c:v libx264 -preset veryslow -pix_fmt yuv420p \
  -c:a aac -b:a 64k -shortest "$out/clip.mp4"
ff -i "$clip" -c:a alac "$out/clip_alac.m4a"
ff -i "$clip" -c:a libvorbis -q:a 4 "$out/clip_vorbis.mka"
# As programs write when they cannot go back to fill in the sizes.
to "$clip" -r 8000 short.wav rate trim 0.3 0.25
cat short.wav | ff -i - -f wav - | cat > "$out/short_pipe_ffmpeg.wav"
to short.wav -t raw - | to -t raw -r 8000 -e signed -b 16 -c 1 - -t wav - 2>/dev/null | cat > "$out/short_pipe_sox.wav"
cat short.wav | ff -i - -c:a flac -f flac - | cat > "$out/short_pipe.flac"
# mp3 without and with the frames around it that tell more.
ff -i "$clip" -c:a libmp3lame -b:a 48k -write_xing 0 -id3v2_version 0 "$out/clip_bare.mp3"
ff -i "$clip" -c:a libmp3lame -q:a 4 -id3v2_version 3 -write_id3v1 1 -metadata title="The door" -metadata artist="Nobody" \
  "$out/clip_tagged.mp3"

# A quarter of a second in every sample type.
ff -i short.wav -c:a pcm_u8 "$out/short_u8.wav"
ff -i short.wav -c:a pcm_s16le "$out/short_s16_8khz.wav"
to "$clip" -b 24 -r 11025 "$out/short_s24.wav" rate trim 0.3 0.25
to "$clip" -b 32 -r 11025 "$out/short_s32.wav" rate trim 0.3 0.25
to "$clip" -e floating-point -b 32 -r 11025 "$out/short_f32.wav" rate trim 0.3 0.25
to "$clip" -e floating-point -b 64 -r 8000 "$out/short_f64.wav" rate trim 0.3 0.25
ff -i short.wav -c:a pcm_alaw "$out/short_alaw.wav"
ff -i short.wav -c:a pcm_mulaw "$out/short_mulaw.wav"
ff -i short.wav -c:a adpcm_ms "$out/short_adpcm_ms.wav"
ff -i short.wav -c:a adpcm_ima_wav "$out/short_adpcm_ima.wav"
ff -i short.wav -c:a pcm_s16le -f w64 "$out/short.w64"
ff -i short.wav -c:a pcm_s16le -rf64 always "$out/short_rf64.wav"
ff -i short.wav -c:a pcm_s16be "$out/short.aiff"
ff -i short.wav -c:a pcm_s16be "$out/short.au"
ff -i short.wav -c:a pcm_s16be "$out/short.caf"
ff -i short.wav -c:a libmp3lame -b:a 16k -f wav "$out/short_mp3.wav"

# Rates and channels at the limits.
to "$clip" -r 192000 -b 16 "$out/short_192khz.wav" rate trim 0.3 0.03
to short.wav "$out/short_stereo.wav" remix 1v0.9 1v-0.35
to short.wav "$out/short_8ch.wav" remix 1 1v0.9 1v-0.8 1v0.7 1v-0.6 1v0.5 1v-0.4 1v0.3
to short.wav "$out/short_9ch.wav" trim 0 0.02 remix 1 1 1 1 1 1 1 1 1
to "$clip" -r 7350 -b 16 "$out/short_7350hz.wav" rate trim 0.3 0.05
to "$clip" stereo.wav remix 1 1v-0.3 trim 0.3 0.3
ff -i stereo.wav -c:a flac "$out/stereo.flac"
ff -i stereo.wav -c:a libmp3lame -b:a 64k "$out/stereo.mp3"
ff -i stereo.wav -c:a aac -b:a 64k "$out/stereo.m4a"
ff -i stereo.wav -c:a libopus -b:a 48k "$out/stereo.webm"
to "$clip" surround.wav remix 1 1v0.5 1v0.3 1v-0.3 1v0.2 1v-0.2 trim 0.3 0.3
ff -channel_layout 5.1 -i surround.wav -c:a aac -b:a 96k "$out/surround.m4a"

# What must be refused.
ff -f lavfi -i color=c=teal:s=32x32:r=5:d=1 -c:v libx264 -preset veryslow -pix_fmt yuv420p "$out/video_only.mp4"
ff -f lavfi -i color=c=teal:s=32x32:r=5:d=1 -c:v libvpx -b:v 20k "$out/video_only.webm"
ff -f lavfi -i color=c=teal:s=32x32:d=1:r=1 -frames:v 1 "$out/picture.png"
du -bc "$out"/* | tail -1
