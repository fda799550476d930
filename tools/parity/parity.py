#!/usr/bin/env python3
"""How far Sermo's features are from librosa's, in standard deviations: writes docs/parity.md.

Compares over all clips of RAVDESS, from librosa's samples and from the files, clips with digital silence apart, over
EMO-DB at 16 kHz, and over one golden clip in many rates and formats. librosa runs here, so this takes about ten minutes; --table takes its features of RAVDESS from a file
instead. Needs the packages of tools/golden/requirements.txt and the target sermo_feature_pipe.

    python3 tools/parity/parity.py --pipe build/release/tools/parity/sermo_feature_pipe \\
        --ravdess DIR --emodb DIR [--table librosa_0.11_X.npy] [--every N] [--out docs/parity.md]
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import librosa
import numpy as np
import soundfile
import soxr

from feature_pipe import Pipe

RATE_HZ = 22050
BAR_SIGMA = 2e-3
BLOCKS = {
    "mfcc": range(0, 26),
    "delta": range(26, 52),
    "chroma": range(52, 76),
    "contrast": range(76, 90),
    "tonnetz": range(90, 102),
    "zcr, rms, centroid, rolloff": range(102, 110),
}


def librosa_features(y):
    """The 110 features of the contract, as the original project computed them."""
    sr = RATE_HZ
    mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)
    frames = [
        mfcc, librosa.feature.delta(mfcc), librosa.feature.chroma_stft(y=y, sr=sr),
        librosa.feature.spectral_contrast(y=y, sr=sr),
        librosa.feature.tonnetz(y=librosa.effects.harmonic(y), sr=sr), librosa.feature.zero_crossing_rate(y),
        librosa.feature.rms(y=y), librosa.feature.spectral_centroid(y=y, sr=sr),
        librosa.feature.spectral_rolloff(y=y, sr=sr)
    ]
    return np.concatenate([statistic(block, axis=1) for block in frames for statistic in (np.mean, np.std)])


def has_digital_silence(samples, rate_hz):
    """Whether any frame of the features lies wholly in zeros of the file."""
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    sounds_before = np.concatenate([[0], np.cumsum(mono != 0)])
    centres = np.arange(1 + int(np.ceil(len(mono) * RATE_HZ / rate_hz)) // 512) * 512
    starts = np.clip(np.ceil((centres - 1024) * rate_hz / RATE_HZ), 0, len(mono)).astype(int)
    ends = np.clip(np.floor((centres + 1024) * rate_hz / RATE_HZ), 0, len(mono)).astype(int)
    return bool((sounds_before[ends] == sounds_before[starts]).any())


def compare(paths, pipe, reference=None):
    """Sermo's features from librosa's samples and from the files, librosa's, and which clips have digital silence."""
    from_samples, from_files, wanted, silent, same_samples = [], [], [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder) / "samples.npy"
        for i, path in enumerate(paths):
            y, _ = librosa.load(path, sr=RATE_HZ)
            np.save(scratch, y)
            from_samples.append(pipe.features("samples", scratch))
            from_files.append(pipe.features("audio", path))
            same_samples += from_samples[-1] == from_files[-1]
            wanted.append(librosa_features(y) if reference is None else reference[i])
            silent.append(has_digital_silence(*soundfile.read(path, dtype="float32")))
            if sys.stderr.isatty():
                print(f"\r{i + 1} of {len(paths)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return np.array(from_samples), np.array(from_files), np.array(wanted), np.array(silent), same_samples


def librosa_features_without_avx512(path):
    """librosa's features as they are on a processor without AVX-512, where NumPy rounds some logarithms otherwise."""
    environment = dict(os.environ, NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR")
    command = [sys.executable, "-W", "ignore", __file__, "--print-librosa", str(path)]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return np.array(json.loads(answer.stdout))


def write_in_every_format(folder):
    """A golden clip of speech at several rates, in mono and stereo, in the formats that hold samples as they are."""
    golden = pathlib.Path(__file__).resolve().parents[2] / "tests/data/golden/features/speech.npz"
    speech = np.load(golden)["samples"]
    paths = []
    for rate_hz in (16000, 22050, 24414, 44100, 48000):
        left = soxr.resample(speech, RATE_HZ, rate_hz, quality="HQ") if rate_hz != RATE_HZ else speech
        right = 0.5 * np.roll(left, 40)
        for channels, samples in (("mono", left), ("stereo", np.stack([left, right], axis=1))):
            for extension, subtype in (("flac", "PCM_16"), ("flac", "PCM_24"), ("wav", "PCM_U8"), ("wav", "PCM_16"),
                                       ("wav", "PCM_24"), ("wav", "PCM_32"), ("wav", "FLOAT")):
                path = folder / f"{rate_hz}_{channels}_{subtype}.{extension}"
                soundfile.write(path, samples, rate_hz, subtype=subtype)
                paths.append(path)
    return paths


def table(title, errors, lines):
    """errors: [clips, 110] in sigma."""
    if len(errors) == 0:
        return
    lines += [f"### {title}: {len(errors)} clips", "",
              "| block | largest | 99th percentile | median | clips within the bar |", "|---|---|---|---|---|"]
    for name, columns in {**BLOCKS, "all": range(110)}.items():
        block = errors[:, list(columns)]
        within = np.mean((block <= BAR_SIGMA).all(axis=1))
        lines.append(f"| {name} | {block.max():.1e} | {np.percentile(block, 99):.1e} | {np.median(block):.1e} | "
                     f"{100 * within:.1f} % |")
    lines.append("")


def explain(path, features, sigma):
    error = (np.abs(features - librosa_features_without_avx512(path)) / sigma).max()
    return f"{error:.1e} from librosa on a processor without AVX-512"


def main():
    if sys.argv[1:2] == ["--print-librosa"]:
        print(json.dumps(librosa_features(librosa.load(sys.argv[2], sr=RATE_HZ)[0]).tolist()))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipe", required=True)
    parser.add_argument("--ravdess", type=pathlib.Path, required=True)
    parser.add_argument("--emodb", type=pathlib.Path)
    parser.add_argument("--table", type=pathlib.Path, help="librosa's features of every RAVDESS clip, in path order")
    parser.add_argument("--every", type=int, default=1, help="only every N-th clip")
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message="n_fft=")
    pipe = Pipe(arguments.pipe, "librosa-110")
    every = slice(None, None, arguments.every)

    paths = sorted(arguments.ravdess.glob("*/*.flac")) + sorted(arguments.ravdess.glob("*/*.wav"))
    reference = np.load(arguments.table)[every] if arguments.table else None
    from_samples, from_files, wanted, silent, same = compare(paths[every], pipe, reference)
    sigma = np.load(arguments.table).std(axis=0) if arguments.table else wanted.std(axis=0)
    lines = [
        "# Parity with librosa", "",
        f"Written by `tools/parity/parity.py` with librosa {librosa.__version__}. Errors are absolute differences between "
        "Sermo's features and librosa's, in units of a feature's standard deviation over the clips of RAVDESS. The bar "
        f"is {BAR_SIGMA:g}.", "",
        "A clip has digital silence when one of its frames lies wholly in samples that are exactly zero in the file. "
        "After resampling such a frame holds a residue of about 1e-8, which librosa normalises like any other frame, so "
        "that the last bits of the arithmetic decide its chroma and tonnetz.", "",
        f"Of {len(paths[every])} RAVDESS clips, {same} give the same 110 numbers from the file, decoded and resampled by "
        "Sermo, as from librosa's samples.", ""
    ]
    lines += ["## RAVDESS (48 kHz)", ""]
    for source, got in (("from librosa's samples", from_samples), ("from the files", from_files)):
        errors = np.abs(got - wanted) / sigma
        table(f"{source}, no digital silence", errors[~silent], lines)
        table(f"{source}, with digital silence", errors[silent], lines)
        beyond = np.flatnonzero((errors > BAR_SIGMA).any(axis=1))
        names = [f"`{paths[every][i].name}` ({errors[i].max():.1e}, {'silence' if silent[i] else 'no silence'}; "
                 f"{explain(paths[every][i], got[i], sigma)})" for i in beyond]
        lines += [f"Beyond the bar {source}: {', '.join(names) if names else 'none'}.", ""]
    if arguments.emodb:
        emodb = sorted(arguments.emodb.glob("*.flac")) + sorted(arguments.emodb.glob("*.wav"))
        from_samples, from_files, wanted, _, _ = compare(emodb[every], pipe)
        lines += ["## EMO-DB (16 kHz)", ""]
        table("from librosa's samples", np.abs(from_samples - wanted) / sigma, lines)
        table("from the files", np.abs(from_files - wanted) / sigma, lines)
    with tempfile.TemporaryDirectory() as folder:
        _, from_files, wanted, _, _ = compare(write_in_every_format(pathlib.Path(folder)), pipe)
        lines += [
            "## Rates and formats", "",
            "One clip of synthetic speech at 16, 22.05, 24.414, 44.1 and 48 kHz, mono and stereo, as FLAC of 16 and 24 bits "
            "and as WAV of 8, 16, 24 and 32 bits and float.", ""
        ]
        table("from the files", np.abs(from_files - wanted) / sigma, lines)
    text = "\n".join(lines)
    print(text)
    if arguments.out:
        arguments.out.write_text(text)


if __name__ == "__main__":
    main()
