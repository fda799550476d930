"""Runs the real program as users do: train on a small table, verify, predict, pipes, exit statuses, formats.

Usage: program_test.py SERMO SOURCE_DIR. Needs no corpus: the shipped table and samples only.
"""
import json
import math
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

SERMO = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()
SAMPLES = sorted(p for p in (SOURCE / "samples").iterdir() if p.suffix in {".wav", ".mp3", ".ogg", ".flac", ".m4a", ".aac"})


def sermo(*arguments, stdin=None, cwd=None, env=None):
    return subprocess.run([SERMO, *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, timeout=300,
                          env=None if env is None else {**os.environ, **env})


class Program(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sermo-program-"))
        cls.models = cls.folder / "models"
        done = sermo("train", "--models", "svm,knn,et", "--out", cls.models)
        assert done.returncode == 0, done.stderr.decode()
        cls.trained = done

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def predict(self, *arguments, **keywords):
        return sermo("predict", "--models", self.models, *arguments, **keywords)

    def test_training_prints_results_only_on_standard_output(self):
        lines = self.trained.stdout.decode().splitlines()
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[0], r"^model +unknown voices +accuracy")
        accuracies = [float(line.split()[2]) for line in lines[1:]]
        self.assertEqual(accuracies, sorted(accuracies, reverse=True))
        self.assertIn(b"same speakers in training and test", self.trained.stderr)

    def test_the_manifest_has_the_documented_keys(self):
        manifest = json.loads((self.models / "manifest.json").read_text())
        self.assertEqual(manifest["format"], 1)
        self.assertEqual(len(manifest["labels"]), 8)
        self.assertEqual({m["name"] for m in manifest["models"]}, {"svm", "knn", "et"})
        for model in manifest["models"]:
            self.assertEqual(model["test"]["clips"], 288)
            self.assertGreater(model["test"]["accuracy"], 0.5)
            measured = model["uar_speaker_independent"] is not None
            self.assertEqual(model["calibration"]["calibrated_on"], "unknown speakers" if measured else "known speakers")
        knn = next(m for m in manifest["models"] if m["name"] == "knn")
        self.assertLess(0.3, knn["uar_speaker_independent"])
        self.assertLess(knn["uar_speaker_independent"], knn["test"]["uar"] - 0.1)

    def test_a_users_own_corpus_is_labelled_by_a_csv_and_others_are_left_out(self):
        clips = self.folder / "corpus"
        clips.mkdir()
        rows = ["path,label,speaker"]
        for i in range(24):
            tone = b"".join(struct.pack("<h", int(9000 * math.sin((0.05 + 0.1 * (i % 2)) * n + i))) for n in range(8000))
            (clips / f"{i}.wav").write_bytes(self.wav(tone))
            if i < 20:
                rows.append(f"{i}.wav,{'high' if i % 2 else 'low'},{i // 4}")
        (self.folder / "labels.csv").write_text("\n".join([*rows, "gone.wav,high,0"]) + "\n")
        out = self.folder / "own-models"
        done = sermo("train", "--data", clips, "--metadata", self.folder / "labels.csv", "--models", "knn,rf,vote(knn,rf)",
                     "--out", out, "--no-cache")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn(b"4 files skipped", done.stderr)
        self.assertIn(b"rows without a recording: 1\n  gone.wav", done.stderr)
        manifest = json.loads((out / "manifest.json").read_text())
        self.assertEqual(manifest["labels"], ["high", "low"])
        self.assertEqual(manifest["dataset"]["clips"], 20)
        row = json.loads(sermo("predict", "--models", out, "--format", "jsonl", clips / "21.wav").stdout)
        self.assertEqual(row["label"], "high")
        nobody = sermo("train", "--data", clips, "--models", "knn", "--out", out, "--no-cache")
        self.assertEqual(nobody.returncode, 3)
        self.assertIn(b"--metadata", nobody.stderr)

    def small_corpus(self, name):
        """Twenty noises, dull or sharp, by five speakers, and the CSV that says so."""
        clips, rows = self.folder / name, ["path,label,speaker"]
        clips.mkdir()
        for i in range(20):
            noise, level, samples = random.Random(i), 0.0, []
            for n in range(12000):
                level += (0.9 if i % 2 else 0.1) * (noise.uniform(-9000, 9000) - level)
                samples.append(int(level * math.sin(0.0005 * n)))
            (clips / f"{i}.wav").write_bytes(self.wav(struct.pack("<12000h", *samples)))
            rows.append(f"{i}.wav,{'sharp' if i % 2 else 'dull'},{i // 4}")
        metadata = self.folder / f"{name}.csv"
        metadata.write_text("\n".join(rows) + "\n")
        return clips, ("--data", clips, "--metadata", metadata)

    def test_models_of_two_schemas_share_a_folder(self):
        clips, corpus = self.small_corpus("two schemas")
        both, few, many = (self.folder / f"two-{name}" for name in ("both", "few", "many"))
        cache = ("--cache", self.folder / "two-cache")
        trained = sermo("train", *corpus, *cache, "--models", "knn,voice", "--out", both)
        self.assertEqual(trained.returncode, 0, trained.stderr.decode())
        self.assertIn(b"20 clips and 120 degraded copies of them", trained.stderr, "voice models learn from copies")
        header, *lines = trained.stdout.decode().splitlines()
        self.assertIn("features", header)
        self.assertEqual({line.split()[0]: "sermo-voice" in line for line in lines},
                         {"knn": False, "voice": True, "lda": True, "kernel_ridge": True})
        # One after the other into one folder, and each by itself: the same models.
        for models, out in (("knn", few), ("voice", many), ("knn", many)):
            done = sermo("train", *corpus, *cache, "--models", models, "--out", out)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertIn(b"20 from the cache", done.stderr)
        manifest, joined = (json.loads((out / "manifest.json").read_text()) for out in (both, many))
        self.assertEqual({m["name"]: m["sha256"] for m in manifest["models"]}, {m["name"]: m["sha256"] for m in joined["models"]})
        schemas = {m["name"]: m["schema_id"].split("/")[0] for m in manifest["models"]}
        self.assertEqual(schemas, {"knn": "librosa-110", "voice": "sermo-voice", "lda": "sermo-voice", "kernel_ridge": "sermo-voice"})
        self.assertEqual(manifest["schema_id"], manifest["models"][0]["schema_id"])
        self.assertEqual(len({m["table_fingerprint"] for m in manifest["models"]}), 2)
        self.assertEqual(sermo("verify", both).returncode, 0)

        def rows(out, model):
            done = sermo("predict", "--models", out, "--model", model, "--format", "json", "--timeline", SAMPLES[0])
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            return {row["model"]: row for row in json.loads(done.stdout)}

        together = rows(both, "all")
        self.assertEqual(set(together), set(schemas))
        self.assertEqual(together["knn"], rows(few, "knn")["knn"])
        for name in ("lda", "kernel_ridge", "voice"):
            self.assertEqual(together[name], rows(many, name)[name])
        said = sermo("info", both / "voice.onnx").stdout.decode()
        self.assertIn("3728 of schema sermo-voice/", said)
        learnt = {m["name"]: m["training"] for m in manifest["models"]}
        self.assertEqual(learnt["knn"], {"clips": 16, "copies": 0, "conditions": {}})
        self.assertEqual(learnt["lda"], learnt["voice"])
        self.assertEqual((learnt["voice"]["clips"], learnt["voice"]["copies"]), (16, 96))
        self.assertEqual(sum(learnt["voice"]["conditions"].values()), 96)
        self.assertEqual(learnt["voice"]["conditions"]["speed"], 32)
        self.assertIn("16 clips and 96 degraded copies of them (", said)
        self.assertIn("16 clips, no degraded copies", sermo("info", both / "knn.onnx").stdout.decode())

        chosen = sermo("train", *corpus, *cache, "--models", "lda", "--augment", "none", "--out", few)
        self.assertNotIn(b"degraded", chosen.stderr)
        chosen = sermo("train", *corpus, *cache, "--models", "lda", "--schema", "librosa-110", "--out", both)
        self.assertEqual(chosen.returncode, 0, chosen.stderr.decode())
        entries = {m["name"]: m for m in json.loads((both / "manifest.json").read_text())["models"]}
        self.assertTrue(entries["lda"]["schema_id"].startswith("librosa-110/"))
        report_file = self.folder / "two.json"
        done = sermo("evaluate", *corpus, *cache, "--models", "knn,voice", "--folds", "loso", "--calibrate", "others", "--out", report_file,
                     "--honest", self.folder / "two-honest.json")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        report = json.loads(report_file.read_text())
        self.assertEqual(len(report["data"]["tables"]), 2)
        evaluated = {m["name"]: m["schema_id"].split("/")[0] for m in report["evaluations"][0]["models"]}
        self.assertEqual(evaluated, schemas)
        figures = json.loads((self.folder / "two-honest.json").read_text())["figures"]
        self.assertEqual({(f["model"], f["schema_id"], f["data_fingerprint"]) for f in figures},
                         {(m["name"], m["schema_id"], m["table_fingerprint"]) for m in manifest["models"]})

    def test_a_clip_too_short_for_one_schema_is_told_and_in_no_table(self):
        clips, corpus = self.small_corpus("one too short")
        sound = struct.pack("<4095h", *(int(9000 * math.sin(0.05 * n)) for n in range(4095)))  # librosa-110 wants 4096
        (clips / "short.wav").write_bytes(self.wav(sound))
        metadata = corpus[3]
        metadata.write_text(metadata.read_text() + "short.wav,dull,0\n")
        out = self.folder / "one-too-short"
        done = sermo("train", *corpus, "--no-cache", "--models", "knn,lda", "--out", out)
        self.assertEqual(done.returncode, 1, done.stderr.decode())
        said = [line for line in done.stderr.decode().splitlines() if "short.wav" in line]
        self.assertEqual(len(said), 1, done.stderr.decode())
        self.assertTrue(said[0].startswith("sermo: short.wav: librosa-110: too short: 4095 samples"), said)
        manifest = json.loads((out / "manifest.json").read_text())
        self.assertEqual(manifest["dataset"]["clips"], 20)
        self.assertEqual({m["name"] for m in manifest["models"]}, {"knn", "lda"})
        alone = sermo("train", *corpus, "--no-cache", "--augment", "none", "--models", "lda",
                      "--out", self.folder / "long-enough")
        self.assertEqual(alone.returncode, 0, alone.stderr.decode())

    def test_tables_that_ship_may_have_copies_under_one_schema_only(self):
        clips, corpus = self.small_corpus("shipped")
        installed = self.folder / "installed"
        share = installed / "share/sermo"
        share.mkdir(parents=True)
        (installed / "bin").mkdir()
        shutil.copy(SERMO, installed / "bin")
        tables = {"ravdess-librosa110.npz": ("--schema", "librosa-110"),
                  "ravdess-sermo-voice.npz": ("--schema", "sermo-voice", "--augment", "degraded:2")}
        for name, options in tables.items():
            done = sermo("extract", clips, "--metadata", corpus[3], "--no-cache", *options, "--out", share / name)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
        out = self.folder / "of-shipped"
        trained = subprocess.run([installed / "bin/sermo", "train", "--models", "knn,lda", "--out", out], capture_output=True, timeout=300)
        self.assertEqual(trained.returncode, 0, trained.stderr.decode())
        models = json.loads((out / "manifest.json").read_text())["models"]
        self.assertEqual({m["name"] for m in models}, {"knn", "lda"})
        report_file = self.folder / "of-shipped.json"
        found = subprocess.run([installed / "bin/sermo", "evaluate", "--models", "knn,lda", "--folds", "loso", "--calibrate", "others",
                                "--out", report_file, "--honest", self.folder / "of-shipped-honest.json"], capture_output=True, timeout=300)
        self.assertEqual(found.returncode, 0, found.stderr.decode())
        report = json.loads(report_file.read_text())
        self.assertEqual(len(report["evaluations"][0]["clips"]), 20)
        # Dull and sharp noise is told apart under either schema, where each row has its own label.
        for model in report["evaluations"][0]["models"]:
            self.assertGreater(model["scores"]["accuracy"], 0.9, model["name"])

    def test_packed_tables_are_a_quarter_of_the_size_and_read_like_others(self):
        clips, corpus = self.small_corpus("packed")
        whole, packed = self.folder / "whole.npz", self.folder / "packed.npz"
        for options, out in (((), whole), (("--packed",), packed)):
            done = sermo("extract", clips, "--metadata", corpus[3], "--schema", "sermo-voice", "--no-cache", *options, "--out", out)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertLess(packed.stat().st_size, 0.6 * whole.stat().st_size)  # the names take the same room in both
        self.assertIn(b"packed", sermo("info", packed).stdout)
        self.assertNotIn(b"packed, ", sermo("info", whole).stdout)
        done = sermo("train", "--features", packed, "--models", "lda,knn", "--out", self.folder / "of-packed")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertNotIn(b"librosa-110", done.stdout)
        self.assertEqual(sermo("extract", clips, "--packed", "--no-cache", "--out", self.folder / "packed.csv").returncode, 2)

    def test_a_csv_labels_a_table_anew_and_what_meets_nothing_is_told(self):
        table, labels, out = self.folder / "relabel.csv", self.folder / "relabels.csv", self.folder / "relabelled"
        self.half_table(table)
        labels.write_text("path,label,speaker\n" + "".join(f"{r}.wav,{'loud' if r % 2 else 'quiet'},{r % 4}\n" for r in range(100, 300)))
        done = sermo("train", "--features", table, "--metadata", labels, "--models", "knn", "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        said = done.stderr.decode()
        self.assertIn("rows without a clip in the table: 60\n  240.wav", said)
        self.assertIn("does not list, left out: 100\n  0.wav", said)
        manifest = json.loads((out / "manifest.json").read_text())
        self.assertEqual((manifest["labels"], manifest["dataset"]["clips"], manifest["dataset"]["speakers"]), (["loud", "quiet"], 140, 4))
        done = sermo("evaluate", "--features", table, "--metadata", labels, "--models", "knn", "--folds", "loso", "--calibrate", "others",
                     "--honest", self.folder / "relabelled-honest.json")
        self.assertIn(b"loso: 4 folds, 140 clips tested", done.stdout)
        labels.write_text("path,label\nelsewhere.wav,loud\n")
        refused = sermo("train", "--features", table, "--metadata", labels, "--models", "knn", "--out", out)
        self.assertEqual(refused.returncode, 5)
        self.assertIn(b"none of its 1 paths is in the table (it has elsewhere.wav, the table 0.wav)", refused.stderr)

    def test_answers_take_an_enrolled_voice_into_account(self):
        def answer(*arguments, status=0):
            done = self.predict("--model", "svm", "--format", "json", SAMPLES[0], *arguments)
            self.assertEqual(done.returncode, status, done.stderr.decode())
            return json.loads(done.stdout)[0] if done.stdout else None, done.stderr.decode()

        own = self.folder / "own-voice"
        own.mkdir()
        for sample in SAMPLES[:5]:
            shutil.copy(sample, own)
        plain, _ = answer()
        self.assertNotIn("enrolled", plain)
        enrolled, said = answer("--enroll", own)
        self.assertEqual(enrolled["enrolled"], 5)
        self.assertIn("enrolled: 5 clips of one speaker", said)
        self.assertNotEqual(enrolled["scores"], plain["scores"])
        each = [argument for clip in reversed(sorted(own.iterdir())) for argument in ("--enroll", clip)]
        self.assertEqual(answer(*each)[0]["scores"], enrolled["scores"])
        done = self.predict("--model", "svm", "--enroll", own, SAMPLES[0], "--format", "json")
        self.assertEqual(json.loads(done.stdout)[0]["scores"], enrolled["scores"], "an option takes one value, what follows is a PATH")
        (own / "broken.wav").write_bytes(b"RIFF")
        some, said = answer("--enroll", own, status=1)
        self.assertEqual(some["scores"], enrolled["scores"])
        self.assertIn("not enrolled: ", said)
        self.assertIn("broken.wav", said)
        one, _ = answer("--enroll", SAMPLES[1])
        self.assertEqual(one["enrolled"], 1)
        self.assertTrue(any("one clip" in warning for warning in one["warnings"]), one["warnings"])
        nothing, said = answer("--enroll", own / "broken.wav", status=4)
        self.assertIsNone(nothing)
        self.assertIn("no recording could be used", said)
        answer("--enroll", self.folder / "nowhere", status=3)

    def test_evaluate_writes_what_it_prints(self):
        report_file = self.folder / "R.json"
        done = sermo("evaluate", "--models", "knn,logistic", "--folds", "emobox,original", "--calibrate", "others", "--out", report_file, "--honest", self.folder / "honest.json",
                     "--html", self.folder / "R.html")
        self.assertIn("What knowing the speakers adds", (self.folder / "R.html").read_text())
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        text = done.stdout.decode()
        self.assertIn("emobox: 6 folds, 1440 clips tested; no speaker in both parts", text)
        self.assertIn("same speakers in training and test (24 of them)", text)
        report = json.loads(report_file.read_text())
        self.assertEqual([e["protocol"] for e in report["evaluations"]], ["emobox", "original"])
        emobox = report["evaluations"][0]
        self.assertTrue(emobox["speakers_apart"])
        self.assertEqual(len(emobox["clips"]), 1440)
        for model in emobox["models"]:
            # Every figure can be had from the predictions again.
            labels = report["data"]["labels"]
            answers = [labels[max(range(8), key=lambda k: row[k])] for row in model["probabilities"]]
            right = {label: [a == label for a, c in zip(answers, emobox["clips"]) if c["label"] == label] for label in labels}
            uar = sum(sum(r) / len(r) for r in right.values()) / 8
            self.assertAlmostEqual(uar, model["scores"]["uar"], places=5)
            low, high = model["scores"]["uar_interval"]
            self.assertTrue(low < uar < high)
            self.assertIn(f"{uar:.3f}", text)
        figures = {f["model"]: f for f in json.loads((self.folder / "honest.json").read_text())["figures"]}
        self.assertEqual({name: f["uar"] for name, f in figures.items()},
                         {m["name"]: m["scores"]["uar"] for m in emobox["models"]})
        self.assertEqual(sermo("evaluate", "--folds", "nonsense", "--models", "knn").returncode, 2)

    def test_training_uses_what_was_measured_on_unknown_speakers(self):
        table, out = self.folder / "half.csv", self.folder / "half-models"
        self.assertEqual(sermo("evaluate", "--models", "knn", "--folds", "loso", "--features", self.half_table(table), "--calibrate", "others",
                               "--honest", out / "honest.json").returncode, 0)
        done = sermo("train", "--models", "knn,logistic", "--features", table, "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        models = {m["name"]: m for m in json.loads((out / "manifest.json").read_text())["models"]}
        figure = json.loads((out / "honest.json").read_text())["figures"][0]
        self.assertEqual(models["knn"]["uar_speaker_independent"], figure["uar"])
        self.assertEqual(models["knn"]["calibration"]["calibrated_on"], "unknown speakers")
        self.assertEqual(models["knn"]["calibration"]["temperature"], figure["temperature"])
        self.assertEqual(models["knn"]["calibration"]["uncertain_below"], figure["uncertain_below"])
        self.assertIsNone(models["logistic"]["uar_speaker_independent"])
        self.assertEqual(models["logistic"]["calibration"]["calibrated_on"], "known speakers")
        said = sermo("predict", "--models", out, "--model", "all", SAMPLES[0]).stderr.decode()
        self.assertIn(f"knn {figure['uar']:.3f}", said)
        self.assertIn("logistic not measured", said)

    def test_an_enrolled_voice_is_warned_of_where_it_was_not_seen_to_help(self):
        table, out, own = self.folder / "helped.csv", self.folder / "helped-models", self.folder / "helped-voice"
        honest, vote = out / "honest.json", "vote(knn,lda)"
        evaluate = ["evaluate", "--models", f"knn,lda,{vote}", "--folds", "loso", "--features", self.half_table(table), "--calibrate", "others", "--honest", honest]
        done = sermo(*evaluate, "--enrolled")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        measured = json.loads(honest.read_text())
        self.assertTrue(all(f["enrolled"] for f in measured["figures"]))
        self.assertEqual(sermo(*evaluate).returncode, 0)
        self.assertEqual(json.loads(honest.read_text()), measured, "measured again without enrolment, its figures stay")

        def warnings():
            """Of answers to a voice of five clips, by model; and what the manifest says of it."""
            done = sermo("train", "--models", f"knn,lda,{vote}", "--features", table, "--out", out)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            manifest = {m["name"]: m.get("enrolled") for m in json.loads((out / "manifest.json").read_text())["models"]}
            answers = json.loads(sermo("predict", "--models", out, "--model", "all", "--format", "json", "--enroll", own, "--", SAMPLES[0]).stdout)
            return {a["model"]: " ".join(w for w in a["warnings"] if "enrol" in w) for a in answers}, manifest

        own.mkdir()
        for sample in SAMPLES[:5]:
            shutil.copy(sample, own)
        said, manifest = warnings()
        for figure in measured["figures"]:
            curve, = [c for c in figure["enrolled"] if c["clips_of"] == "every label"]
            five, = [p for p in curve["points"] if p["clips"] == 5]
            self.assertEqual("may not help" in said[figure["model"]], five["gain_interval"][0] <= 0, said)
            self.assertEqual(manifest[figure["model"]], figure["enrolled"])
        # One that it helps, one that it may not help, one of which nobody knows.
        for figure in measured["figures"]:
            points = next(c for c in figure["enrolled"] if c["clips_of"] == "every label")["points"]
            for point in points:
                point["gain_interval"] = [0.001 if figure["model"] == vote else -0.001, 0.1]
            if figure["model"] == "lda":
                del figure["enrolled"]
        honest.write_text(json.dumps(measured))
        said, manifest = warnings()
        self.assertEqual(said[vote], "")
        self.assertIn("may not help", said["knn"])
        self.assertIn("not measured", said["lda"])
        self.assertIsNone(manifest["lda"])

    def test_models_of_the_shipped_table_say_what_ships_of_enrolment(self):
        shipped = {f["model"]: f for f in json.loads((SOURCE / "share/honest.json").read_text())["figures"] if f["schema_id"].startswith("librosa-110/")}
        for model in json.loads((self.models / "manifest.json").read_text())["models"]:
            figure = shipped[model["name"]]
            self.assertEqual(model["uar_speaker_independent"], figure["uar"])
            self.assertEqual(model.get("enrolled"), figure.get("enrolled"))

    def test_other_uses_are_told_apart_from_the_default_figure(self):
        table, other, report_file = self.folder / "a.csv", self.folder / "b.csv", self.folder / "uses.json"
        self.half_table(table)
        other.write_text(table.read_text().replace("high", "lower").replace(".wav,", ".flac,"))
        done = sermo("evaluate", "--features", table, "--models", "knn", "--folds", "loso", "--enrolled", "--calibrate", "others", "--honest",
                     self.folder / "uses-honest.json", "--out", report_file)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        evaluation, = json.loads(report_file.read_text())["evaluations"]
        self.assertEqual(evaluation["mode"], "speaker unknown")
        curve, = [c for c in evaluation["enrolled"]["models"][0]["curves"] if c["clips_of"] == "every label"]
        self.assertEqual([p["clips"] for p in curve["points"]], [1, 2, 3, 5, 10])  # of half of 20 clips
        for point in curve["points"]:
            self.assertIn(f"{point['uar']:.3f} {point['uar'] - point['uar_unknown']:+.3f}", done.stdout.decode())
        figure = json.loads((self.folder / "uses-honest.json").read_text())["figures"][0]
        self.assertEqual(figure["uar"], evaluation["models"][0]["scores"]["uar"])
        self.assertEqual(figure["enrolled"], evaluation["enrolled"]["models"][0]["curves"])
        mixed = sermo("evaluate", "--features", table, "--models", "knn", "--folds", "random", "--enrolled")
        self.assertEqual(mixed.returncode, 2)
        self.assertIn(b"no folds keep speakers apart", mixed.stderr)
        refused = sermo("evaluate", "--features", table, "--models", "knn", "--test", other)
        self.assertEqual(refused.returncode, 5)
        self.assertIn(b"labels are shared", refused.stderr)
        header, *rows = table.read_text().splitlines()
        moved = [",".join([*row.split(",")[:3], *(f"{3 * float(x) + 20:.6g}" for x in row.split(",")[3:])]) for row in rows]
        other.write_text("\n".join([header, *moved]).replace(".wav,", ".flac,") + "\n")
        done = sermo("evaluate", "--features", table, "--models", "knn,lda,vote(knn,lda)", "--test", other, "--calibrate", "others", "--out", report_file,
                     "--html", self.folder / "uses.html")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertTrue("<td>standardised by corpus</td>" in (self.folder / "uses.html").read_text())
        evaluation, = json.loads(report_file.read_text())["evaluations"]
        for model in evaluation["models"]:
            target = {c["condition"]: c for c in model["target"]}
            self.assertEqual(list(target), ["as it is", "each speaker enrolled", "standardised by corpus"])
            self.assertEqual(target["as it is"]["uar"], model["scores"]["uar"])
            self.assertGreater(target["standardised by corpus"]["uar"], target["as it is"]["uar"] + 0.2, "the same rows again")
            for condition in target.values():
                self.assertIn(f"{condition['uar']:.3f}", done.stdout.decode())
        leaky = sermo("evaluate", "--features", table, "--models", "knn", "--test", table)
        self.assertEqual(leaky.returncode, 5)
        self.assertIn(b"the same recording in training and test, 240 times", leaky.stderr)

    def half_table(self, path):
        """Made-up features of the shipped schema, two labels, twelve speakers."""
        names = sermo("extract", SAMPLES[0], "--no-cache", "--out", self.folder / "one.csv")
        self.assertEqual(names.returncode, 0)
        header = (self.folder / "one.csv").read_text().splitlines()[0]
        width, state, rows = header.count(",") - 2, 1, [header]
        for r in range(240):
            values = []
            for _ in range(width):
                state = (1103515245 * state + 12345) % 2**31
                values.append(f"{state / 2**30 + (r % 2) * 0.15:.6f}")
            rows.append(f"{r}.wav,{'high' if r % 2 else 'low'},{r // 20}," + ",".join(values))
        path.write_text("\n".join(rows) + "\n")
        return path

    def test_verify_accepts_what_was_trained(self):
        self.assertEqual(sermo("verify", self.models).returncode, 0)

    def test_verify_catches_each_fault_with_its_own_message(self):
        manifest = json.loads((self.models / "manifest.json").read_text())
        faults = {
            "flipped byte": lambda d: self.edit(d / "svm.onnx", lambda b: b[:5000] + bytes([b[5000] ^ 1]) + b[5001:]),
            "truncated": lambda d: self.edit(d / "svm.onnx", lambda b: b[: len(b) // 2]),
            "missing": lambda d: (d / "svm.onnx").unlink(),
            "foreign file": lambda d: (d / "svm.onnx").write_bytes(b"not a model"),
        }
        messages = set()
        for name, plant in faults.items():
            folder = self.folder / name.replace(" ", "-")
            shutil.copytree(self.models, folder)
            plant(folder)
            done = sermo("verify", folder)
            self.assertIn(done.returncode, (3, 4, 5), name)
            row = next(line for line in done.stdout.decode().splitlines() if line.startswith("svm"))
            self.assertNotIn(" ok", row, name)
            others = [line for line in done.stdout.decode().splitlines()[1:] if not line.startswith("svm")]
            self.assertTrue(all(line.rstrip().endswith("ok") for line in others), name)
            messages.add(row.split(":", 1)[1])
        self.assertEqual(len(messages), len(faults), messages)
        self.assertEqual(len(manifest["models"]), 3)

    @staticmethod
    def edit(path, change):
        path.write_bytes(change(path.read_bytes()))

    def test_every_sample_format_is_answered(self):
        self.assertEqual({p.suffix for p in SAMPLES}, {".wav", ".mp3", ".ogg", ".flac", ".m4a", ".aac"})
        done = self.predict("--model", "all", "--format", "json", *SAMPLES)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        rows = json.loads(done.stdout)
        self.assertEqual(len(rows), 3 * len(SAMPLES))
        for row in rows:
            self.assertEqual(list(row)[:6], ["path", "model", "duration_s", "label", "confidence", "uncertain"])
            self.assertAlmostEqual(sum(s["score"] for s in row["scores"]), 1, places=3)
            self.assertEqual(row["label"], row["scores"][0]["label"])

    def test_one_clip_in_eight_formats_is_one_emotion_and_lossless_ones_are_one_vector(self):
        clips = SOURCE / "tests/data/audio/clips"
        names = [f"clip.{x}" for x in ("wav", "flac", "mp3", "ogg", "opus", "m4a", "aac", "webm")]
        done = self.predict("--model", "svm,et", "--format", "jsonl", *[clips / n for n in names])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        # The clip is no speech, so models may hesitate over it; where the wav's emotion does not lead it must be close behind.
        for model in ("svm", "et"):
            answers = [r for r in rows if r["model"] == model]
            for answer in answers:
                scores = {s["label"]: s["score"] for s in answer["scores"]}
                self.assertGreater(scores[answers[0]["label"]], answer["confidence"] - 0.1, (model, answer["path"]))
        table = self.folder / "lossless.csv"
        sermo("extract", *[clips / n for n in ("clip.wav", "clip.flac", "clip_alac.m4a")], "--no-cache", "--out", table)
        _, first, *others = [line.split(",")[3:] for line in table.read_text().splitlines()]
        self.assertEqual(len(others), 2)
        for other in others:
            for a, b in zip(first, other):
                self.assertAlmostEqual(float(a), float(b), delta=1e-5 * max(1, abs(float(a))))

    def test_standard_input_answers_as_the_file_does(self):
        sample = SAMPLES[0]
        from_file = json.loads(self.predict("--format", "jsonl", sample).stdout)
        from_pipe = json.loads(self.predict("--format", "jsonl", "-", stdin=sample.read_bytes()).stdout)
        self.assertEqual(from_pipe["scores"], from_file["scores"])
        self.assertEqual(from_pipe["path"], "-")

    def test_results_do_not_depend_on_jobs(self):
        one = self.predict("--format", "csv", "--jobs", 1, SOURCE / "samples").stdout
        four = self.predict("--format", "csv", "--jobs", 4, SOURCE / "samples").stdout
        self.assertEqual(one, four)
        self.assertEqual(len(one.splitlines()), 1 + len(SAMPLES))

    def test_a_folder_goes_on_past_bad_files(self):
        folder = self.folder / "mixed"
        folder.mkdir()
        shutil.copy(SAMPLES[0], folder)
        (folder / "broken.wav").write_text("this is text")
        (folder / "empty.mp3").write_bytes(b"")
        done = self.predict("--format", "jsonl", folder)
        self.assertEqual(done.returncode, 1)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(sum("error" in row for row in rows), 2)
        self.assertEqual(sum("label" in row for row in rows), 1)
        self.assertIn(b"broken.wav", done.stderr)
        self.assertIn(b"empty.mp3", done.stderr)

    @staticmethod
    def wav(samples, rate=22050, code=1, bits=16, claimed=None):
        """A wav of mono samples, given as bytes; `claimed` is the size that its header states."""
        size = len(samples) if claimed is None else claimed
        header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", min(36 + size, 0xFFFFFFFF), b"WAVE", b"fmt ", 16, code, 1, rate,
                             rate * bits // 8, bits // 8, bits, b"data", size)
        return header + samples

    def test_bad_input_gets_its_own_message_and_never_an_answer(self):
        clips = SOURCE / "tests/data/audio/clips"
        tone = b"".join(struct.pack("<h", int(9000 * math.sin(0.1 * i))) for i in range(22050))
        cases = {  # file name -> bytes, status, a word of the message
            "empty.wav": (b"", 4, "empty"),
            "text.wav": (b"this is not audio, it is text\n" * 20, 4, "text"),
            "one_sample.wav": (self.wav(tone[:2]), 4, "short"),
            "20_ms.wav": (self.wav(tone[:882]), 4, "short"),
            "zeros.wav": (self.wav(bytes(44100)), 4, "zero"),
            "nan.wav": (self.wav(struct.pack("<f", math.nan) * 22050, code=3, bits=32), 4, "nan"),
            "cut.mp3": ((clips / "clip.mp3").read_bytes()[:600], 4, ""),
            "cut.flac": ((clips / "clip.flac").read_bytes()[:200], 4, ""),
            "no_sound.mp4": ((clips / "video_only.mp4").read_bytes(), 4, "no audio stream"),
        }
        messages = set()
        for name, (data, status, word) in cases.items():
            path = self.folder / name
            path.write_bytes(data)
            done = self.predict(path)
            message = done.stderr.decode()
            self.assertEqual(done.returncode, status, f"{name}: {message}")
            self.assertEqual(done.stdout, b"", name)
            self.assertIn(name, message)
            self.assertIn(word, message.lower(), name)
            messages.add(message.replace(str(path), ""))
        self.assertGreaterEqual(len(messages), len(cases) - 1, messages)
        folder = self.folder / "without recordings"
        folder.mkdir()
        self.assertEqual(self.predict(folder).returncode, 3)

    def test_what_decodes_in_part_is_answered_with_a_warning(self):
        clips = SOURCE / "tests/data/audio/clips"
        tone = b"".join(struct.pack("<h", int(9000 * math.sin(0.1 * i))) for i in range(22050))
        claims_4_gib = self.folder / "claims_4_gib.wav"
        claims_4_gib.write_bytes(self.wav(tone, claimed=0xFFFFFFF0))
        cut = self.folder / "cut_half.flac"
        cut.write_bytes((clips / "clip.flac").read_bytes()[:15000])
        for path in (claims_4_gib, cut):
            row = json.loads(self.predict("--format", "jsonl", path).stdout)
            self.assertTrue(any("truncated" in w for w in row["warnings"]), f"{path.name}: {row['warnings']}")
        piped = self.folder / "piped.wav"
        piped.write_bytes(self.wav(tone, claimed=0xFFFFFFFF))
        self.assertEqual(json.loads(self.predict("--format", "jsonl", piped).stdout)["duration_s"], 1.0)

    def test_exit_statuses(self):
        text = self.folder / "text.wav"
        text.write_text("hello")
        cases = {
            2: [("predict",), ("predict", "--format", "xml", text), ("nonsense",), ("train", "--models", "svm", "--seed", "-1"),
                ("train", "--models", "vote(svm,lda)", "--out", self.folder / "none"), ("train", "--models", ",")],
            3: [("predict", "--models", self.models, "no-such.wav"), ("predict", "--models", self.folder / "none", SAMPLES[0]),
                ("predict", "--models", self.models, "--model", "nobody", SAMPLES[0]), ("verify", self.folder / "none"),
                ("train", "--models", "svm", "--schema", "nothing"), ("evaluate", "--models", "svm", "--schema", "nothing")],
            4: [("predict", "--models", self.models, text), ("info", text)],
            5: [("train", "--models", "svm", "--features", SOURCE / "share/ravdess-librosa110.npz", "--schema", "sermo-voice")],
        }
        for status, commands in cases.items():
            for command in commands:
                done = sermo(*command)
                self.assertEqual(done.returncode, status, f"{command}: {done.stderr.decode()}")
                self.assertNotEqual(done.stderr, b"", command)
                self.assertEqual(done.stdout, b"", command)

    def test_help_and_version_go_to_standard_output_and_show_an_example(self):
        for verb in ["extract", "train", "verify", "predict", "serve", "info"]:
            done = sermo(verb, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn(b"Example: sermo " + verb.encode(), done.stdout)
        self.assertRegex(sermo("--version").stdout.decode(), r"^sermo \d+\.\d+\.\d+\n$")

    def test_a_timeline_covers_the_recording(self):
        row = json.loads(self.predict("--format", "jsonl", "--timeline", "--window", 1, "--hop", 0.5, SAMPLES[0]).stdout)
        self.assertEqual(row["segments"][0]["start_s"], 0)
        self.assertAlmostEqual(row["segments"][-1]["end_s"], row["duration_s"], places=3)

    def test_info_describes_models_tables_and_recordings(self):
        done = sermo("info", self.models / "svm.onnx", SOURCE / "share/ravdess-librosa110.npz", SAMPLES[0])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn(b"Support vector machine", done.stdout)
        self.assertIn(b"1440", done.stdout)
        self.assertIn(b"Hz", done.stdout)

    def test_extract_writes_frames(self):
        done = sermo("extract", SOURCE / "samples", "--schema", "sermo-voice", "--frames", "--out", self.folder / "frames",
                     "--jobs", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        names = sorted(path.name for path in (self.folder / "frames").iterdir())
        self.assertEqual(names, ["bright.mp3.npz", "hurried.wav.npz", "low.ogg.npz", "measured.flac.npz", "sharp.m4a.npz",
                                 "soft.aac.npz"])
        done = sermo("extract", SOURCE / "samples/low.ogg", SOURCE / "README.md", "--schema", "sermo-voice", "--frames",
                     "--format", "csv", "--out", self.folder / "csv")
        self.assertEqual(done.returncode, 1, done.stderr)
        (table,) = (self.folder / "csv").rglob("low.ogg.csv")
        header, first = table.read_text().splitlines()[:2]
        self.assertTrue(header.startswith("time_s,f0,voiced,periodicity,energy,hnr,"), header)
        self.assertEqual(len(header.split(",")), len(first.split(",")))
        refused = sermo("extract", SOURCE / "samples/low.ogg", "--frames", "--out", self.folder / "none")
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn(b"librosa-110", refused.stderr)
        refused = sermo("extract", SOURCE / "samples/low.ogg", "--out", self.folder / "none.txt")
        self.assertEqual(refused.returncode, 2, refused.stderr)

    def test_extract_writes_what_train_reads(self):
        table = self.folder / "table.csv"
        done = sermo("extract", SOURCE / "samples", "--out", table, "--cache", self.folder / "cache")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        header, *rows = table.read_text().splitlines()
        self.assertTrue(header.startswith("path,label,speaker,mfcc_00_mean,"))
        self.assertEqual(len(rows), len(SAMPLES))
        again = sermo("extract", SOURCE / "samples", "--out", self.folder / "again.csv", "--cache", self.folder / "cache")
        self.assertEqual((self.folder / "again.csv").read_text(), table.read_text(), again.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
