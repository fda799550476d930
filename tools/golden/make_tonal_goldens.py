#!/usr/bin/env python3
"""Makes the goldens of the tonal stages that make_feature_goldens.py has no room for: filter banks and single steps.

Writes tests/data/golden/tonal.npz, from librosa 0.11.0 and SciPy (see requirements.txt):
  tunings                the tunings that the banks are for, in fractions of a bin
  chroma_filterbank      [tunings, 12, bins]: librosa.filters.chroma at every 8th bin of 1025
  constant_q_filters     [tunings, 36, 2, 513]: one octave of the sparse basis of librosa.cqt, real and imaginary parts
  peaks_spectrogram      [1025, frames]: a magnitude spectrogram, and of its peaks by librosa.piptrack,
  peaks_hz, peaks_magnitude   bin by bin: frequency and magnitude
  stft_samples           a chirp, loud, then quiet, and a click in silence
  stft                   [3, 1025, frames]: its librosa.stft, real parts, imaginary parts and magnitudes
  pitches_hz             some pitches, and what librosa.pitch_tuning says of the first n of them,
  pitch_tunings          [2, pitches]: for 12 and for 36 bins per octave

    python3 tools/golden/make_tonal_goldens.py [--out tests/data/golden/tonal.npz]
"""
import argparse
import pathlib
import sys

import librosa
import librosa.core.constantq
import numpy as np

RATE_HZ = 22050
TUNINGS = [-0.5, -0.13, 0.0, 0.37, 0.49]


def constant_q_filters(tuning):
    fmin_hz = librosa.note_to_hz("C1") * 2.0 ** (tuning / 36)
    freqs_hz = librosa.interval_frequencies(
        n_bins=252, fmin=fmin_hz, intervals="equal", bins_per_octave=36, sort=True)
    alpha = librosa.filters._relative_bandwidth(freqs=freqs_hz)
    filter_fft = librosa.core.constantq.__dict__["__vqt_filter_fft"]
    basis, n_fft, _ = filter_fft(
        RATE_HZ, freqs_hz[-36:], 1, 1, 0.01, window="hann", gamma=0, dtype=np.complex64, alpha=alpha[-36:])
    assert n_fft == 1024, n_fft
    dense = basis.toarray()
    return np.stack([dense.real, dense.imag], axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--out", type=pathlib.Path, default=here.parents[1] / "tests/data/golden/tonal.npz")
    arguments = parser.parse_args()
    if librosa.__version__ != "0.11.0":
        sys.exit(f"librosa: got {librosa.__version__}, wanted 0.11.0")

    random = np.random.default_rng(36)
    samples = np.sin(np.cumsum(random.uniform(0.01, 1.0, 8).repeat(700))) + 0.05 * random.standard_normal(5600)
    spectrogram = np.abs(librosa.stft(samples.astype(np.float32)))
    peaks_hz, peaks_magnitude = librosa.piptrack(S=spectrogram, sr=RATE_HZ)
    where = np.nonzero(peaks_hz)

    # On and between pitches, on edges of the histogram and beside them, beyond the range of a piano.
    semitones = np.concatenate([random.uniform(-36, 48, 40), np.arange(-12, 12, 1.5), np.arange(-1, 1, 0.05), [0.5]])
    pitches_hz = (440 * 2 ** (random.permutation(semitones) / 12)).astype(np.float32)
    pitch_tunings = [[librosa.pitch_tuning(pitches_hz[:n], bins_per_octave=bins) for n in range(1, len(pitches_hz) + 1)]
                     for bins in (12, 36)]

    t = np.arange(3000) / RATE_HZ
    stft_samples = np.concatenate(
        [0.9 * np.sin(2 * np.pi * (200 + 20000 * t) * t), 1e-4 * np.sin(2 * np.pi * (3000 + 9000 * t) * t), np.zeros(6000)])
    stft_samples[9000] = 1e-6
    stft_samples = stft_samples.astype(np.float32)
    spectrum = librosa.stft(stft_samples)

    arrays = dict(
        stft_samples=stft_samples, stft=np.stack([spectrum.real, spectrum.imag, np.abs(spectrum)]),
        tunings=np.array(TUNINGS),
        chroma_filterbank=np.stack(
            [librosa.filters.chroma(sr=RATE_HZ, n_fft=2048, tuning=tuning)[:, ::8] for tuning in TUNINGS]),
        constant_q_filters=np.stack([constant_q_filters(tuning) for tuning in TUNINGS]).astype(np.float32),
        peaks_spectrogram=spectrogram, peaks_hz=peaks_hz[where], peaks_magnitude=peaks_magnitude[where],
        pitches_hz=pitches_hz, pitch_tunings=np.array(pitch_tunings))
    np.savez_compressed(arguments.out, **arrays)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
