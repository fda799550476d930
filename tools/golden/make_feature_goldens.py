#!/usr/bin/env python3
"""Makes the stage-by-stage goldens of the librosa-110 features, from clips that need no corpus.

For each clip it writes tests/data/golden/features/<clip>.npz with the samples and with what librosa 0.11.0 makes of
them at every stage. Beside them it writes provenance.json: the versions of everything that took part, and what each
clip is. With --table it also writes sigma.npy, the standard deviation of each feature over the clips of that table
(librosa's features of RAVDESS): the unit in which errors are counted. Needs the packages of requirements.txt and
espeak-ng.

    python3 tools/golden/make_feature_goldens.py [--out tests/data/golden/features] [--table librosa_0.11_X.npy]
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import librosa
import numpy as np
import scipy
import scipy.signal
import soundfile
import soxr

RATE_HZ = 22050
WANTED_VERSIONS = {"librosa": "0.11.0"}


def speech(text, voice, rate_hz=22050, words_per_minute=175):
    """Speech by espeak-ng (which synthesises at 22,050 Hz), resampled to rate_hz where that differs."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "speech.wav"
        command = ["espeak-ng", "-v", voice, "-s", str(words_per_minute), "-w", str(path), text]
        subprocess.run(command, check=True)
        samples, got_hz = soundfile.read(path, dtype="float32")
    assert got_hz == 22050, got_hz
    if rate_hz != got_hz:
        samples = soxr.resample(samples, got_hz, rate_hz, quality="HQ")
    return samples


def seconds(duration_s):
    return np.arange(int(duration_s * RATE_HZ)) / RATE_HZ


def resonator(samples, centre_hz, bandwidth_hz):
    radius = np.exp(-np.pi * bandwidth_hz / RATE_HZ)
    angle = 2 * np.pi * centre_hz / RATE_HZ
    a = [1, -2 * radius * np.cos(angle), radius**2]
    return scipy.signal.lfilter([sum(a)], a, samples)


def vowels(duration_s=1.3):
    """Glottal pulses of a rising and falling pitch through the formants of a, i and u in turn."""
    t = seconds(duration_s)
    pitch_hz = 120 + 60 * np.sin(2 * np.pi * 0.9 * t) + 3 * np.sin(2 * np.pi * 5.5 * t)
    phase = np.cumsum(pitch_hz) / RATE_HZ
    pulses = np.diff(np.floor(phase), prepend=0.0)
    formants_hz = [(730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240)]
    out = np.zeros(len(t))
    third = len(t) // 3
    for i, formants in enumerate(formants_hz):
        part = slice(i * third, (i + 1) * third if i < 2 else len(t))
        voiced = pulses[part]
        for centre_hz, bandwidth_hz in zip(formants, (80, 90, 120)):
            voiced = resonator(voiced, centre_hz, bandwidth_hz)
        out[part] = voiced
    return 0.6 * out / np.abs(out).max()


def chord(duration_s=1.2):
    """A minor chord 37 cents above concert pitch, eight partials a note, each dying away."""
    t = seconds(duration_s)
    concert_hz = 440 * 2 ** (37 / 1200)
    out = np.zeros(len(t))
    for i, semitones in enumerate((-12, -9, -5, 0)):
        start = int(0.06 * i * RATE_HZ)
        tone_t = t[: len(t) - start]
        for partial in range(1, 9):
            frequency_hz = partial * concert_hz * 2 ** (semitones / 12)
            out[start:] += np.sin(2 * np.pi * frequency_hz * tone_t) * np.exp(-2.5 * partial * tone_t) / partial
    return 0.7 * out / np.abs(out).max()


def clicks(duration_s=1.1):
    """Single samples among digital zeros, closer and closer together."""
    out = np.zeros(int(duration_s * RATE_HZ))
    position = 1500
    gap = 5000
    while position < len(out):
        out[position] = 0.9 if gap % 2 == 0 else -0.7
        position += gap
        gap = int(gap * 0.8) + 1
    return out


def chirp(duration_s=1.2):
    t = seconds(duration_s)
    return 0.5 * scipy.signal.chirp(t, 80, duration_s, 10500, method="logarithmic")


def noise(duration_s=1.0):
    """White noise that swells, with a hum and an offset under it."""
    t = seconds(duration_s)
    white = np.random.default_rng(110).standard_normal(len(t))
    return 0.1 * white * (0.1 + t / duration_s) + 0.05 * np.sin(2 * np.pi * 50 * t) + 0.02


def speech_with_silence_before_resampling():
    """What 34 % of RAVDESS clips are: digital zeros around and within the speech at 48 kHz, which resampling turns into
    a residue of about 1e-8."""
    spoken = speech("Kids are talking by the door", "en-us+f3", rate_hz=48000, words_per_minute=260)
    spoken = spoken[np.argmax(np.abs(spoken) > 0.01):][:45000].copy()
    spoken[20000:27000] = 0
    padded = np.concatenate([np.zeros(9600), spoken, np.zeros(12000)]).astype(np.float32)
    padded = np.round(padded * 32768).clip(-32768, 32767).astype(np.float32) / 32768
    return librosa.resample(padded, orig_sr=48000, target_sr=RATE_HZ)


def speech_with_silence_inside():
    out = speech("Dogs are sitting by the door", "en-gb", words_per_minute=230)[:28000].copy()
    out[9000:17500] = 0
    return out


def make_clips():
    """Name -> (what it is, samples)."""
    clips = {
        "speech": ("espeak-ng, British voice, 1.4 s",
                   speech("Kids are talking by the door", "en-gb", words_per_minute=220)[:31000]),
        "speech_odd_length": ("espeak-ng, German voice, 20,001 samples",
                              speech("Das will sie am Mittwoch abgeben", "de+m4", words_per_minute=240)[2000:22001]),
        "speech_silence_before_resampling": ("speech with digital zeros at 48 kHz, then resampled",
                                             speech_with_silence_before_resampling()),
        "speech_silence_inside": ("speech with 8,500 digital zeros in the middle", speech_with_silence_inside()),
        "speech_4096_samples": ("the shortest clip there may be",
                                speech("Stop", "en-us", words_per_minute=200)[1000:5096]),
        "vowels": ("pulses through resonators, pitch 60 to 180 Hz", vowels()),
        "vowels_very_quiet": ("the same at -80 dB", 1e-4 * vowels(1.0)),
        "chord": ("A minor, 37 cents above concert pitch", chord()),
        "chirp": ("80 to 10,500 Hz, logarithmic", chirp()),
        "noise": ("white noise, hum and offset", noise()),
        "clicks": ("single samples among digital zeros", clicks()),
    }
    return {name: (what, np.ascontiguousarray(samples, dtype=np.float32)) for name, (what, samples) in clips.items()}


def stages(y):
    """Everything in the order of the contract; frame values float32, the vector in double."""
    sr = RATE_HZ
    magnitude = np.abs(librosa.stft(y))
    mel = librosa.feature.melspectrogram(y=y, sr=sr)
    log_mel = librosa.power_to_db(mel)
    mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)
    delta = librosa.feature.delta(mfcc)
    tuning = librosa.estimate_tuning(S=magnitude**2, sr=sr, bins_per_octave=12)
    chroma_stft = librosa.feature.chroma_stft(y=y, sr=sr)
    contrast = librosa.feature.spectral_contrast(y=y, sr=sr)
    harmonic = librosa.effects.harmonic(y)
    harmonic_tuning = librosa.estimate_tuning(y=harmonic, sr=sr, bins_per_octave=36)
    cqt = np.abs(librosa.cqt(harmonic, sr=sr, hop_length=512, n_bins=252, bins_per_octave=36, tuning=None))
    chroma_cqt = librosa.feature.chroma_cqt(y=harmonic, sr=sr, bins_per_octave=36)
    tonnetz = librosa.feature.tonnetz(y=harmonic, sr=sr)
    zcr = librosa.feature.zero_crossing_rate(y)
    rms = librosa.feature.rms(y=y)
    centroid = librosa.feature.spectral_centroid(y=y, sr=sr)
    rolloff = librosa.feature.spectral_rolloff(y=y, sr=sr)

    def statistics(*blocks):
        return [f(block, axis=1) for block in blocks for f in (np.mean, np.std)]

    vector = np.concatenate(
        statistics(mfcc, delta, chroma_stft, contrast, tonnetz) + statistics(zcr, rms, centroid, rolloff))
    assert vector.shape == (110,)
    arrays = dict(
        samples=y, mel=mel, log_mel=log_mel, mfcc=mfcc, delta=delta, tuning=np.array([tuning]),
        chroma_stft=chroma_stft, contrast=contrast, harmonic=harmonic, harmonic_tuning=np.array([harmonic_tuning]),
        cqt_magnitude=cqt, chroma_cqt=chroma_cqt, tonnetz=tonnetz, zcr=zcr, rms=rms, centroid=centroid, rolloff=rolloff)
    arrays = {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in arrays.items()}
    arrays["vector"] = vector.astype(np.float64)
    return arrays


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--out", type=pathlib.Path, default=here.parents[1] / "tests/data/golden/features")
    parser.add_argument("--table", type=pathlib.Path, help="float64 [clips, 110]")
    arguments = parser.parse_args()
    out = arguments.out
    if librosa.__version__ != WANTED_VERSIONS["librosa"]:
        sys.exit(f"librosa: got {librosa.__version__}, wanted {WANTED_VERSIONS['librosa']}")
    out.mkdir(parents=True, exist_ok=True)
    espeak = subprocess.run(["espeak-ng", "--version"], check=True, capture_output=True, text=True).stdout
    provenance = {
        "script": "tools/golden/make_feature_goldens.py",
        "versions": {"python": sys.version.split()[0], "librosa": librosa.__version__, "numpy": np.__version__,
                     "scipy": scipy.__version__, "soxr": soxr.__version__, "espeak-ng": espeak.split("Data")[0].split(":")[-1].strip()},
        "clips": {},
    }
    for name, (what, samples) in make_clips().items():
        arrays = stages(samples)
        np.savez_compressed(out / f"{name}.npz", **arrays)
        provenance["clips"][name] = {"what": what, "samples": len(samples), "frames": arrays["mfcc"].shape[1]}
        print(f"{name}: {len(samples)} samples, {(out / f'{name}.npz').stat().st_size} bytes")
    if arguments.table:
        np.save(out / "sigma.npy", np.load(arguments.table).std(axis=0))
    (out / "provenance.json").write_text(json.dumps(provenance, indent=1) + "\n")


if __name__ == "__main__":
    main()
