"""Plants copies of real recordings across a cut and requires that `sermo evaluate` names each, and nothing else.

Usage: leaks_test.py SERMO SHARED_DIR [ACTORS]. Six actors of RAVDESS, one of each of EmoBox's folds (24: all of them); the copies go under
another actor's name, so that the folds cut them apart. Skipped (77) without the recordings or without the program ffmpeg.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SERMO, SHARED = sys.argv[1], pathlib.Path(sys.argv[2])
NUM_ACTORS = int(sys.argv[3]) if len(sys.argv) > 3 else 6
ACTORS = {6: [1, 4, 8, 3, 2, 6]}.get(NUM_ACTORS, range(1, NUM_ACTORS + 1))
if not (SHARED / "ravdess").is_dir() or not shutil.which("ffmpeg"):
    print(f"SKIPPED, NOT TESTED: {SHARED}/ravdess or the program ffmpeg is absent, and this test needs both")
    sys.exit(77)

# kind: arguments of ffmpeg, extension, whether the copy is exact
KINDS = {"exact": ([], "wav", True), "mp3": (["-b:a", "128k"], "mp3", False), "cut": (["-ss", "0.3"], "flac", False),
         "louder": (["-filter:a", "volume=3dB"], "flac", False)}
FOLDS = [{1, 11, 20, 21}, {4, 10, 12, 14}, {8, 9, 19, 23}, {3, 5, 7, 24}, {2, 15, 16, 18}, {6, 13, 17, 22}]


def fold_of(actor):
    return next(k for k, actors in enumerate(FOLDS) if actor in actors)


def evaluate(corpus, report, *arguments):
    return subprocess.run([SERMO, "evaluate", "--data", corpus, "--models", "knn", "--folds", "emobox", "--calibrate", "others", "--out",
                           report, *arguments], capture_output=True, text=True, timeout=800)


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="sermo-leaks-"))
    try:
        corpus, report = work / "corpus", work / "R.json"
        for actor in ACTORS:
            shutil.copytree(SHARED / "ravdess" / f"Actor_{actor:02}", corpus / f"Actor_{actor:02}", symlinks=True)
        clean = evaluate(corpus, report)
        assert clean.returncode == 0, clean.stderr
        found = json.loads(report.read_text())["evaluations"][0]["leaks"]
        assert found["checked_by"] == "sound", found
        assert found["copies"] == [], f"taken for copies: {found['copies']}"
        assert found["same_speakers"] == 0 and found["same_sentences"] == 2, found

        planted = {}
        originals = sorted(corpus.rglob("*.flac"))[:: 7]
        for i, original in enumerate(originals[:8]):
            kind = list(KINDS)[i % len(KINDS)]
            arguments, extension, _ = KINDS[kind]
            actor = int(original.stem[-2:])
            other = next(a for a in ACTORS if fold_of(a) != fold_of(actor))
            copy = corpus / f"{kind}{i}" / f"{original.stem[:-2]}{other:02}.{extension}"
            copy.parent.mkdir()
            # After -i, -ss cuts to the sample.
            subprocess.run(["ffmpeg", "-v", "error", "-i", original, *arguments, copy], check=True, stdin=subprocess.DEVNULL)
            planted[str(copy.relative_to(corpus))] = (str(original.relative_to(corpus)), kind)

        stopped = evaluate(corpus, report)
        assert stopped.returncode == 5, (stopped.returncode, stopped.stderr)
        for copy, (original, kind) in planted.items():
            sign = "=" if KINDS[kind][2] else "~"
            assert f"{original} {sign} {copy}" in stopped.stderr, f"{kind}: {original} {copy} not named in:\n{stopped.stderr}"
        allowed = evaluate(corpus, report, "--allow-leaks")
        assert allowed.returncode == 0, allowed.stderr
        copies = json.loads(report.read_text())["evaluations"][0]["leaks"]["copies"]
        pairs = {frozenset((c["tested"], c["learnt"])): c for c in copies}
        assert set(pairs) == {frozenset((copy, original)) for copy, (original, _) in planted.items()}, sorted(map(sorted, pairs))
        for copy, (original, kind) in planted.items():
            assert pairs[frozenset((copy, original))]["exact"] == KINDS[kind][2], (kind, copy)
        lines = "\n".join(f"  {kind}: likeness {pairs[frozenset((copy, original))]['likeness']:.3f}" for copy, (original, kind) in planted.items())
        print(f"{len(list(corpus.rglob('*.flac')))} flac clips: no false alarm; {len(planted)} planted copies named, and no other:\n{lines}")
    finally:
        shutil.rmtree(work)


main()
