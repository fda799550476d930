#!/usr/bin/env python3
"""Sermo against librosa, from an audio file to the 110 features, on one thread, in one run, in turn.

Both are warm: librosa has loaded and compiled what it needs, Sermo runs as one process. Each clip is done by one and
then by the other, so that whatever else the machine does slows both; what is measured is processor time. Prints medians
and the median of the ratios.

    python3 tools/bench/compare_speed.py --pipe build/release/tools/parity/sermo_feature_pipe CLIP...
"""
import argparse
import os
import pathlib
import statistics
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "parity"))

import librosa  # noqa: E402
import parity  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipe", required=True)
    parser.add_argument("clips", nargs="+")
    arguments = parser.parse_args()
    pipe = parity.Pipe(arguments.pipe)

    def librosa_ms(path):
        start = time.process_time()
        y, _ = librosa.load(path, sr=parity.RATE_HZ)
        parity.librosa_features(y)
        return 1e3 * (time.process_time() - start)

    librosa_ms(arguments.clips[0])
    pipe.answer("audio", arguments.clips[0])
    theirs, ours = [], []
    for path in arguments.clips:
        theirs.append(librosa_ms(path))
        ours.append(pipe.answer("audio", path))
    total = [a["decode_ms"] + a["resample_ms"] + a["extract_ms"] for a in ours]
    ratios = [a / b for a, b in zip(theirs, total)]
    print(f"{len(ours)} clips")
    print(f"librosa {librosa.__version__}: {statistics.median(theirs):.1f} ms a clip")
    for part in ("decode", "resample", "extract"):
        print(f"Sermo, {part}: {statistics.median(a[part + '_ms'] for a in ours):.2f} ms")
    print(f"Sermo, all: {statistics.median(total):.2f} ms a clip")
    print(f"ratio: {statistics.median(ratios):.1f} (from {min(ratios):.1f} to {max(ratios):.1f})")


if __name__ == "__main__":
    main()
