#!/usr/bin/env python3
"""Makes the goldens of the voice descriptors (schema sermo-voice), from clips that need no corpus.

For each clip it writes tests/data/golden/voice/<clip>.npz with the samples at 16 kHz, the reference's contours
(descriptors.py, low_level) and the vector of all its numbers. The clips are those of make_feature_goldens.py, which
must have been made before. Beside them it writes provenance.json and, with --table, sigma.npy: the standard deviation
of each number over the clips of that table (the reference's numbers of RAVDESS, as tools/parity/parity_voice.py
--save-table writes them), the unit in which errors are counted. Needs the packages of requirements.txt.

    python3 tools/golden/make_voice_goldens.py --reference ../shared/reference/voice [--table F.npy]
"""
import argparse
import json
import pathlib
import sys

import numpy as np
import scipy
import soxr

RATE_HZ = 16000
SOURCE_RATE_HZ = 22050
ROOT = pathlib.Path(__file__).resolve().parents[2]


def source(name):
    samples = np.load(ROOT / "tests/data/golden/features" / f"{name}.npz")["samples"]
    return soxr.resample(samples, SOURCE_RATE_HZ, RATE_HZ, "HQ").astype(np.float32)


def make_clips():
    """Name -> (what it is, samples, how often they are repeated)."""
    return {
        "speech": ("espeak-ng, British voice, 1.4 s", source("speech"), 1),
        "speech_repeated": ("the same six times: more than 512 frames", source("speech"), 6),
        "speech_silence_inside": ("speech with digital zeros in the middle", source("speech_silence_inside"), 1),
        "speech_very_quiet": ("speech at -80 dB", 1e-4 * source("speech")[6000:16000], 1),
        "vowels": ("pulses through resonators, pitch 60 to 180 Hz", source("vowels"), 1),
        "noise": ("white noise that swells, hum and offset", source("noise"), 1),
        "shortest": ("2,972 samples of speech", source("speech")[3000:5972], 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=pathlib.Path, required=True, help="folder of descriptors.py")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "tests/data/golden/voice")
    parser.add_argument("--table", type=pathlib.Path, help="float32 [clips, 3728]")
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.reference))
    import descriptors

    arguments.out.mkdir(parents=True, exist_ok=True)
    provenance = {"script": "tools/golden/make_voice_goldens.py",
                  "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
                               "soxr": soxr.__version__}, "clips": {}}
    for name, (what, samples, repeats) in make_clips().items():
        samples = np.ascontiguousarray(samples, dtype=np.float32)
        clip = np.tile(samples, repeats)
        groups = descriptors.describe(clip)
        arrays = dict(samples=samples, repeats=np.array([repeats], np.int32),
                      vector=np.concatenate(list(groups.values())))
        if repeats == 1:
            trimmed = descriptors.trim(clip.astype(float))
            contours = descriptors.low_level(trimmed)
            scaled = trimmed / (np.abs(trimmed).max() + 1e-9) * 0.5
            f0, periodicity, voiced = descriptors.pitch(scaled, len(contours["voiced"]))
            arrays |= {key: contours[key].T.astype(np.float32) for key in
                       ("mfcc", "logmel", "spec", "energy", "f0", "hnr", "jitter", "harmonics")}
            arrays |= dict(f0_hz=f0.astype(np.float32), periodicity=periodicity.astype(np.float32),
                           voiced=voiced.astype(np.int32), trimmed=np.array([len(trimmed)], np.int32))
            assert np.isfinite(arrays["vector"]).all()
        arrays = {key: np.ascontiguousarray(values) for key, values in arrays.items()}
        np.savez_compressed(arguments.out / f"{name}.npz", **arrays)
        provenance["clips"][name] = {"what": what, "samples": len(clip)}
        print(f"{name}: {len(clip)} samples, {(arguments.out / f'{name}.npz').stat().st_size} bytes")
    provenance["groups"] = {key: len(values) for key, values in groups.items()}
    if arguments.table:
        np.save(arguments.out / "sigma.npy", np.load(arguments.table).astype(np.float64).std(axis=0).astype(np.float32))
    (arguments.out / "provenance.json").write_text(json.dumps(provenance, indent=1) + "\n")


if __name__ == "__main__":
    main()
