#!/usr/bin/env python3
"""How far Sermo's voice descriptors are from their reference, in standard deviations: writes docs/parity-voice.md.

Compares over all clips of RAVDESS, group by group: from the reference's 16 kHz samples and from the files, decoded and
resampled by Sermo. The reference (descriptors.py, numpy) runs here, in about two minutes; --table takes its numbers
from a file that --save-table wrote. Each clip beyond the bar is looked into: whether resampling gave one sample more,
whether a rolloff lies on the edge between two bins, or whether the pitch tracks differ.
Needs the packages of tools/golden/requirements.txt and the target sermo_feature_pipe.

    python3 tools/parity/parity_voice.py --pipe build/release/tools/parity/sermo_feature_pipe \\
        --ravdess DIR --reference DIR [--save-table F.npy] [--table F.npy] [--every N] [--out docs/parity-voice.md]
"""
import argparse
import pathlib
import sys
import tempfile

import numpy as np
import soundfile
import soxr

from feature_pipe import Pipe

BAR_SIGMA = 1e-3
TIE = 3e-7  # of the power of a frame: what float32 cannot tell apart
RATE_HZ = 16000


def load(path):
    """As evaluate.py of the reference does."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(1), rate_hz, RATE_HZ, "HQ")


def closest_rolloff(descriptors, samples):
    """How near the running sum of a frame's power comes to the share at which a rolloff is read: 0 is a tie."""
    y = descriptors.trim(samples.astype(float))
    y = y / (np.abs(y).max() + 1e-9) * 0.5
    raw = descriptors.frames(y, descriptors.WINDOW, 1 + len(y) // descriptors.HOP)
    power = np.abs(np.fft.rfft(raw * descriptors.HAMMING, descriptors.NFFT, axis=1)) ** 2 + 1e-10
    running = np.cumsum(power / power.sum(1, keepdims=True), 1)
    return min(np.abs(running - share).min() for share in (.25, .5, .75, .9))


def explain(descriptors, samples, got, sigma, columns):
    """Why a clip is beyond the bar, as far as it can be shown."""
    padded = np.concatenate(list(descriptors.describe(np.append(samples, np.float32(0))).values()))
    if (np.abs(got - padded) / sigma <= BAR_SIGMA).all():
        return "equal to the reference after one more zero sample at the end: Sermo, like librosa, rounds the number of samples up"
    names = {name for name, _ in columns}
    distance = closest_rolloff(descriptors, samples)
    if all(name.startswith("spec.") or name == "correlation.voice" for name in names) and distance < TIE:
        return f"a rolloff on the edge between two bins: the running sum comes within {distance:.0e} of the share"
    return "NOT EXPLAINED"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipe", required=True)
    parser.add_argument("--ravdess", type=pathlib.Path, required=True)
    parser.add_argument("--reference", type=pathlib.Path, required=True, help="folder of descriptors.py")
    parser.add_argument("--table", type=pathlib.Path, help="the reference's numbers of every clip, in path order")
    parser.add_argument("--save-table", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1, help="only every N-th clip")
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.reference))
    import descriptors

    paths = sorted(arguments.ravdess.glob("Actor_*/*.*"))
    table = np.load(arguments.table) if arguments.table else None
    sizes = None
    wanted, from_samples, from_files, times = [], [], [], []
    pipe = Pipe(arguments.pipe, "sermo-voice")
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder) / "samples.npy"
        for i in range(0, len(paths), arguments.every):
            samples = load(paths[i])
            if table is None or sizes is None:
                groups = descriptors.describe(samples)
                sizes = {name: len(values) for name, values in groups.items()}
            wanted.append(np.concatenate(list(groups.values())) if table is None else table[i])
            np.save(scratch, samples)
            from_samples.append(pipe.answer("samples", scratch)["features"])
            answer = pipe.answer("audio", paths[i])
            from_files.append(answer["features"])
            times.append([answer[k] for k in ("decode_ms", "resample_ms", "extract_ms")])
            if sys.stderr.isatty():
                print(f"\r{i + 1} of {len(paths)}", end="", file=sys.stderr)
    wanted, from_samples, from_files = (np.array(x, dtype=np.float64) for x in (wanted, from_samples, from_files))
    if arguments.save_table:
        np.save(arguments.save_table, wanted.astype(np.float32))
    chosen = paths[::arguments.every]
    sigma = (table if table is not None else wanted).astype(np.float64).std(axis=0)
    sigma[sigma == 0] = 1
    times = np.array(times)

    lines = [
        "# Parity of sermo-voice with its reference", "",
        "Written by `tools/parity/parity_voice.py`. The reference is a plain numpy program, `descriptors.py`, in double "
        f"precision. Errors are absolute differences between Sermo's numbers and the reference's over {len(chosen)} clips of "
        f"RAVDESS, in units of a number's standard deviation over them. The bar is {BAR_SIGMA:g} for every number of a "
        "group in 99 % of the clips.", "",
        f"On the machine that wrote this, processor time a clip, one thread, mean of all: decode "
        f"{times[:, 0].mean():.2f} ms, resample {times[:, 1].mean():.2f} ms, extract {times[:, 2].mean():.2f} ms, "
        f"together {times.sum(1).mean():.2f} ms (95th percentile {np.percentile(times.sum(1), 95):.2f} ms).", ""
    ]
    failed = False
    for title, got in (("from the reference's samples", from_samples), ("from the files", from_files)):
        errors = np.abs(got - wanted) / sigma
        lines += [f"## Numbers {title}", "",
                  "| group | numbers | clips within the bar | largest | 99.9th percentile | median |", "|---|---|---|---|---|---|"]
        first = 0
        for name, size in list(sizes.items()) + [("all", None)]:
            block = errors if size is None else errors[:, first:first + size]
            first += size or 0
            within = (block <= BAR_SIGMA).all(axis=1).mean()
            failed |= size is not None and within < .99
            lines.append(f"| {name} | {block.shape[1]} | {100 * within:.2f} % | {block.max():.1e} | "
                         f"{np.percentile(block, 99.9):.1e} | {np.median(block):.1e} |")
        beyond = np.flatnonzero((errors > BAR_SIGMA).any(axis=1))
        lines += ["", f"Clips with any number beyond the bar: {len(beyond)} of {len(chosen)}.", ""]
        for i in beyond:
            first, where = 0, []
            for name, size in sizes.items():
                block = errors[i, first:first + size]
                if block.max() > BAR_SIGMA:
                    where.append((name, block.max()))
                first += size
            reason = explain(descriptors, load(chosen[i]), got[i], sigma, where)
            failed |= reason == "NOT EXPLAINED"
            listed = ", ".join(f"{name} {error:.1e}" for name, error in where)
            lines.append(f"- `{chosen[i].name}`: {reason} ({listed})")
        if len(beyond):
            lines.append("")
    text = "\n".join(lines).rstrip() + "\n"
    if arguments.out:
        arguments.out.write_text(text)
    else:
        print(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
