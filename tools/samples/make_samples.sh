#!/usr/bin/env bash
# Makes the six demo clips of samples/: a synthetic voice in six manners and six formats, one to three seconds each.
#
#   tools/samples/make_samples.sh        needs espeak-ng, sox and ffmpeg
#
# Made with Debian 12's espeak-ng 1.51, SoX 14.4.2 and FFmpeg 5.1; the committed clips come out the same byte for byte there.
set -euo pipefail
out="$(cd "$(dirname "$0")/../.." && pwd)/samples"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
cd "$work"

# speak NAME VOICE WORDS_PER_MINUTE PITCH LOUDNESS GAIN_DB TEXT: a mono 16-bit wav at espeak-ng's 22,050 Hz.
speak() {
  espeak-ng -v "$2" -s "$3" -p "$4" -a "$5" -w raw.wav "$7"
  sox -R -D raw.wav -b 16 "$1.wav" gain -n "$6" pad 0.15 0.25
}
# encode NAME EXTENSION CODEC_OPTIONS...
encode() {
  ffmpeg -nostdin -hide_banner -loglevel error -y -i "$1.wav" "${@:3}" -fflags +bitexact -flags:a +bitexact "$out/$1.$2"
}

speak hurried en-us+f3 230 75 120 -1 "Hurry up, the train is leaving in a minute!"
speak measured en-gb+m3 140 35 90 -8 "The kettle is on the stove."
speak bright en-us+f4 185 90 110 -3 "What a wonderful surprise!"
speak low en-gb+m7 125 12 70 -14 "I waited until dark."
speak sharp en-us+m1 200 60 160 -1 "Put that back, I told you twice!"
speak soft en-gb+whisper 150 45 60 -10 "Somebody is behind the door."

sox -R -D hurried.wav "$out/hurried.wav" rate 16000
encode measured flac -c:a flac
encode bright mp3 -c:a libmp3lame -b:a 64k
encode low ogg -c:a libvorbis -q:a 4
encode sharp m4a -c:a aac -b:a 64k -movflags +faststart
encode soft aac -c:a aac -b:a 64k
ls -l "$out"
