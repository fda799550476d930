"""Goldens of decoding: what soundfile 0.14 (libsndfile 1.2.2) and the ffmpeg program read from the clips of tests/data.

    python tools/golden/make_decode.py tests/data/audio/clips tests/data/audio/decode.json

What libsndfile reads is read with soundfile as float32 and averaged with librosa.to_mono; the rest is decoded by ffmpeg 5.1 to
32-bit floats and averaged the same way. Of lossless files the SHA-256 of the mono float32 samples is kept, of the others every
101st sample. `frames` is what the reader gave; where Sermo knowingly gives another number the test says why.
"""
import hashlib
import json
import pathlib
import subprocess
import sys

import librosa
import numpy as np
import soundfile

LOSSLESS = {".wav", ".flac", ".aiff", ".au", ".caf", ".w64"}
FFMPEG = {".m4a", ".aac", ".mp4", ".webm", ".mka"}
REFUSED = {"short_9ch.wav", "short_7350hz.wav", "video_only.mp4", "video_only.webm", "picture.png"}
STEP = 101


def probe(path):
    entries = "stream=sample_rate,channels"
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", entries, "-of", "json", path],
                         capture_output=True, check=True, text=True).stdout
    stream = json.loads(out)["streams"][0]
    return int(stream["sample_rate"]), stream["channels"]


def read(path):
    # soundfile fails on a flac from a pipe, which does not say how long it is.
    if path.suffix in FFMPEG or path.name == "short_pipe.flac":
        rate, channels = probe(path)
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-"], capture_output=True, check=True).stdout
        samples = np.frombuffer(raw, "<f4").reshape(-1, channels)
    else:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        channels = samples.shape[1]
    mono = librosa.to_mono(samples.T) if channels > 1 else samples[:, 0]
    assert mono.dtype == np.float32
    return mono, rate, channels


def main():
    assert librosa.__version__ == "0.11.0" and soundfile.__version__ == "0.14.0"
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    table = {}
    for path in sorted(folder.iterdir()):
        if path.name in REFUSED:
            continue
        mono, rate, channels = read(path)
        row = {"sample_rate_hz": rate, "channels": channels, "frames": len(mono)}
        if path.suffix in LOSSLESS and path.name != "short_mp3.wav" or path.name == "clip_alac.m4a":
            row["sha256"] = hashlib.sha256(mono.astype("<f4").tobytes()).hexdigest()
        else:
            row["every_101st"] = [float(f"{x:.9g}") for x in mono[::STEP]]
        table[path.name] = row
    out.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in table.items()) + "\n}\n")
    print(f"{len(table)} files")


main()
