#!/usr/bin/env python3
"""Writes tests/data/golden/filters.npz: SciPy's window-method filters and its convolutions, for src/sermo/dsp/fir.h and convolution.h.

    python3 tools/golden/make_filters.py     (versions: requirements.txt)

firwin_RATE_LOW_HIGH: float64 taps (LOW 0: a low-pass). The number of taps is Kaiser's estimate for 80 dB and 200 Hz, made odd.
signal, kernel_N, full_N: float32 noise, a kernel of N taps, and their full convolution in float64, rounded to float32.
"""
import pathlib

import numpy as np
import scipy.signal

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/data/golden/filters.npz"
STOP_DB, TRANSITION_HZ = 80.0, 200.0
BANDS = [(16000, 0, 4000), (16000, 300, 3400), (22050, 0, 7000), (22050, 300, 3400), (48000, 200, 7000)]
NUM_TAPS = [1, 2, 403, 1500]  # one, few, a band filter, half of a small room


def main():
    out = {}
    for rate, low, high in BANDS:
        num_taps, beta = scipy.signal.kaiserord(STOP_DB, TRANSITION_HZ / (rate / 2))
        edges = [low, high] if low else high
        out[f"firwin_{rate}_{low}_{high}"] = scipy.signal.firwin(num_taps | 1, edges, window=("kaiser", beta), pass_zero=not low, fs=rate)
    rng = np.random.default_rng(1)
    out["signal"] = rng.standard_normal(3000).astype(np.float32)
    for n in NUM_TAPS:
        kernel = (rng.standard_normal(n) * np.exp(-np.arange(n) / (1 + n / 5))).astype(np.float32)
        out[f"kernel_{n}"] = kernel
        out[f"full_{n}"] = scipy.signal.fftconvolve(out["signal"].astype(float), kernel.astype(float)).astype(np.float32)
    np.savez_compressed(OUT, **out)
    print(f"{OUT}: {len(out)} arrays, {OUT.stat().st_size} bytes, scipy {scipy.__version__}")


main()
