"""Writes tests/data/mt19937.npz: what numpy.random.RandomState (NumPy 2.4.6) draws, for base/mt19937.

Usage: python tools/golden/make_mt19937_goldens.py
"""
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "mt19937.npz"
SEEDS = (0, 1, 42, 20231, 2**32 - 1)
RANGES = (
    (0, 10), (0, 1), (-5, 100), (0, 2**31 - 1), (0, 2**32), (0, 2**32 + 1), (0, 2**40),
    (-(2**63), 2**63 - 1),
)


def main():
    assert np.__version__ == "2.4.6", np.__version__
    arrays = {}
    for key in ([7], [1, 2, 3], [i * i for i in range(1000)]):
        state = np.random.RandomState(key)
        arrays[f"key{len(key)}_u32"] = state.randint(0, 2**32, 50, dtype=np.uint32).astype(np.int64)
    for seed in SEEDS:
        arrays[f"seed{seed}_random_sample"] = np.random.RandomState(seed).random_sample(100)
        state = np.random.RandomState(seed)  # one stream through all the ranges
        for i, (low, high) in enumerate(RANGES):
            arrays[f"seed{seed}_randint{i}"] = state.randint(low, high, 40, dtype=np.int64)
        state = np.random.RandomState(seed)  # and one through all the permutations
        for n in (0, 1, 2, 10, 1000):
            arrays[f"seed{seed}_permutation{n}"] = state.permutation(n).astype(np.int64)
        values = np.arange(37) // 3
        state.shuffle(values)
        arrays[f"seed{seed}_shuffle"] = values.astype(np.int64)
    np.savez_compressed(OUT, **arrays)


if __name__ == "__main__":
    main()
