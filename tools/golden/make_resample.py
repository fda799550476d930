"""Goldens of the resampler: what librosa 0.11.0 (soxr 1.1.0, libsoxr 0.1.3) makes of reproducible noise.

    python tools/golden/make_resample.py tests/data/audio/resample

For each case NAME.f32 holds the output as little-endian float32. The input is not stored: a linear congruential generator
(s = 1664525 s + 1013904223 mod 2^32, s_0 = seed) gives ((s >> 16) - 32768) / 32768, which any language repeats exactly; the
second half of each input is digital silence, because what a resampler leaves there matters to the features.
"""
import pathlib
import sys

import librosa
import numpy as np
import soxr

# from_hz, to_hz, number of samples
CASES = [
    (48000, 22050, 1), (48000, 22050, 2), (48000, 22050, 320), (48000, 22050, 6400), (48000, 22050, 19999),
    (16000, 22050, 1025), (44100, 22050, 4095), (24414, 22050, 1501), (8000, 22050, 700), (192000, 22050, 12000),
    (22050, 16000, 2500), (11025, 22050, 513), (96000, 22050, 6173), (22050, 22050, 100),
]


def noise(seed, num_samples):
    out, state = np.zeros(num_samples, np.float32), seed
    for i in range(num_samples - num_samples // 2):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = ((state >> 16) - 32768) / 32768
    return out


def main():
    assert librosa.__version__ == "0.11.0" and soxr.__version__ == "1.1.0", (librosa.__version__, soxr.__version__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (from_hz, to_hz, num_samples) in enumerate(CASES, 1):
        out = librosa.resample(noise(seed, num_samples), orig_sr=from_hz, target_sr=to_hz, res_type="soxr_hq")
        (folder / f"{from_hz}_{to_hz}_{num_samples}.f32").write_bytes(out.astype("<f4").tobytes())
    print(f"{len(CASES)} cases")


main()
