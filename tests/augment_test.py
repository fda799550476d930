"""Degraded copies through the whole program: made by `extract`, learnt from by `train` and `evaluate`, tested by `evaluate --stress`.

Usage: augment_test.py SERMO. A made-up corpus of two labels, four speakers and 48 recordings, and another of talkers.
"""
import json
import math
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import wave
import zipfile

SERMO = sys.argv[1]
RATE = 16000


def write_recording(path, rng, pitch, length):
    """A buzz whose pitch and loudness waver, with a little noise."""
    phase, samples = 0.0, bytearray()
    for n in range(int(length * RATE)):
        phase += 2 * math.pi * pitch * (1 + 0.05 * math.sin(n / 900)) / RATE
        value = sum(math.sin(h * phase) / h for h in range(1, 6)) * math.sin(math.pi * n / (length * RATE))
        samples += int(4000 * value + rng.gauss(0, 40)).to_bytes(2, "little", signed=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1), out.setsampwidth(2), out.setframerate(RATE)
        out.writeframes(bytes(samples))


def make_corpus(folder):
    rng, lines = random.Random(1), ["path,label,speaker"]
    for speaker in range(4):
        for n in range(12):
            label = ("low", "high")[n % 2]
            name = f"{speaker}/{n}.wav"
            write_recording(folder / name, rng, {"low": 110, "high": 170}[label] * (1 + 0.1 * speaker) * rng.uniform(0.9, 1.1), 0.6)
            lines.append(f"{name},{label},{speaker}")
    return "\n".join(lines) + "\n"


def run(*arguments, status=0):
    done = subprocess.run([SERMO, *map(str, arguments)], capture_output=True, text=True, timeout=600)
    assert done.returncode == status, f"{arguments}: {done.returncode}, wanted {status}\n{done.stdout}{done.stderr}"
    return done


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="sermo-augment-"))
    try:
        corpus, talkers, metadata = work / "corpus", work / "talkers", work / "labels.csv"
        metadata.write_text(make_corpus(corpus))
        for n in range(3):
            write_recording(talkers / f"{n}.wav", random.Random(n), 90 + 40 * n, 1.0)
        data = ["--data", corpus, "--metadata", metadata, "--cache", work / "cache", "--honest", work / "honest.json"]
        evaluate = ["--models", "knn,logistic,vote(knn,logistic)", "--folds", "loso"]

        def report(name, *arguments):
            out = work / name
            text = run("evaluate", *arguments, *evaluate, "--out", out, "--html", out.with_suffix(".html"))
            return json.loads(out.read_text())["evaluations"][0], text.stdout, out.with_suffix(".html").read_text()

        # A table with copies keeps them apart, tells of them, and comes back.
        table = work / "t.npz"
        said = run("extract", corpus, "--metadata", metadata, "--cache", work / "cache", "--augment", "speed:2,degraded:4", "--out", table)
        assert "48 clips and 288 copies" in said.stderr, said.stderr
        assert "conditions.npy" in zipfile.ZipFile(table).namelist()
        assert re.search(r"degraded copies +288\n", run("info", table).stdout)

        # Copies are learnt from and not tested; a table's own and those made on the way are the same.
        plain, _, _ = report("plain.json", *data)
        copied, _, _ = report("copied.json", *data, "--augment", "speed:2,degraded:4")
        from_table, _, _ = report("table.json", "--features", table, "--honest", work / "honest.json")
        assert plain["clips"] == copied["clips"] == from_table["clips"] and len(plain["clips"]) == 48
        probabilities = [[model["probabilities"] for model in found["models"]] for found in (plain, copied, from_table)]
        assert probabilities[0] != probabilities[1], "the copies changed nothing"
        assert probabilities[1] == probabilities[2]
        assert copied["leaks"] == plain["leaks"]

        # Further conditions change nothing of the ordinary evaluation, and are all there.
        stressed, text, html = report("stress.json", *data, "--stress", "--babble", talkers)
        assert [m["probabilities"] for m in stressed["models"]] == probabilities[0]
        for model, ordinary in zip(stressed["models"], plain["models"]):
            assert model["scores"] == ordinary["scores"]
            conditions = {c["condition"]: c for c in model["stress"]}
            assert len(conditions) == 10 and "babble 10 dB" in conditions, list(conditions)
            for key in ("uar", "uar_interval", "accuracy", "ece"):
                assert conditions["clean"][key] == ordinary["scores"][key], key
            uncertain = sum(ordinary["uncertain"]) / 48
            assert abs(conditions["clean"]["uncertain"] - uncertain) < 1e-6
            for name, found in conditions.items():
                assert name in text and name in html
                assert name == "clean" or len(found["probabilities"]) == 48
            noisy = conditions["noise white 10 dB"]
            assert noisy["probabilities"] != model["probabilities"]
        without_babble, text, _ = report("quiet.json", *data, "--stress")
        assert len(without_babble["models"][0]["stress"]) == 9 and "babble" not in text

        # Models of a table with copies say so and verify.
        said = run("train", "--features", table, "--models", "knn", "--out", work / "models")
        assert "degraded copies" in said.stderr, said.stderr
        run("verify", work / "models")

        # What cannot be is said.
        assert "one of the recordings themselves" in run("evaluate", *data, *evaluate, "--stress", "--babble", corpus / "1", status=2).stderr
        assert "--babble DIR" in run("extract", corpus, "--augment", "babble 10 dB", "--out", work / "x.npz", status=2).stderr
        assert "degraded" in run("extract", corpus, "--augment", "degradd", "--out", work / "x.npz", status=2).stderr
        for arguments in (["--stress"], ["--augment", "speed"]):
            assert "--data" in run("evaluate", "--features", table, *arguments, status=2).stderr
        print("copies are made, learnt from, not tested; conditions change nothing of the ordinary evaluation")
    finally:
        shutil.rmtree(work, ignore_errors=True)


main()
