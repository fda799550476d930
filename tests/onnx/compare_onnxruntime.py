"""Shows that Python's onnxruntime answers as Sermo does, for every model.

    compare_onnxruntime.py WRITER OUT

Runs WRITER (sermo_onnx_models), which fits every learner and leaves models, rows and Sermo's answers in OUT. Each model
passes onnx.checker, has the promised inputs, outputs and metadata, and gives the same labels and the same probabilities
within 1e-5 on all rows: in one batch, in batches of 7 and row by row. Exit status 77: onnx or onnxruntime is not installed,
nothing was compared.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

TOLERANCE = 1e-5
METADATA = {"sermo_format", "sermo_version", "name", "title", "family", "schema_id", "labels", "hyperparameters", "seed",
            "protocol", "dataset", "metrics", "calibration", "temperature", "smoothing", "known_rows"}


def answers(session, features, batch):
    parts = [session.run(["label", "probabilities"], {"features": features[i:i + batch]})
             for i in range(0, len(features), batch)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def check_form(path, num_features, num_labels):
    """What the file promises to any runtime."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.ir_version == 8, model.ir_version
    assert {o.domain: o.version for o in model.opset_import} == {"": 15, "ai.onnx.ml": 3}, model.opset_import
    assert {n.domain for n in model.graph.node} <= {"", "ai.onnx.ml"}
    properties = {entry.key: entry.value for entry in model.metadata_props}
    assert set(properties) == METADATA, set(properties) ^ METADATA
    assert len(json.loads(properties["labels"])) == num_labels
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (features,) = session.get_inputs()
    label, probabilities = session.get_outputs()
    assert (features.name, features.type, features.shape) == ("features", "tensor(float)", ["N", num_features])
    assert (label.name, label.type, label.shape) == ("label", "tensor(string)", ["N"])
    assert (probabilities.name, probabilities.type) == ("probabilities", "tensor(float)")
    assert probabilities.shape == ["N", num_labels]
    return session


def compare(path, features):
    """The worst difference of each way of asking, and how many labels differ."""
    expected = np.load(path.with_suffix(".probabilities.npy"))
    expected_labels = np.load(path.with_suffix(".labels.npy"))
    session = check_form(path, features.shape[1], expected.shape[1])
    row = {"model": path.stem, "rows": len(features), "labels": 0, "bytes": path.stat().st_size}
    for name, batch in (("batch", len(features)), ("by 7", 7), ("single", 1)):
        labels, probabilities = answers(session, features, batch)
        assert probabilities.dtype == np.float32 and probabilities.shape == expected.shape
        row[name] = float(np.abs(probabilities - expected).max())
        row["labels"] += int((labels != expected_labels).sum())
    return row


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("writer")
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()

    shutil.rmtree(args.out, ignore_errors=True)
    subprocess.run([args.writer, args.out], check=True)
    failures = []
    print(f"{'table':8} {'model':20} {'rows':>5} {'bytes':>9} {'batch':>9} {'by 7':>9} {'single':>9} {'labels that differ':>18}")
    num_compared = 0
    for folder in sorted(path for path in args.out.iterdir() if path.is_dir()):
        features = np.load(folder / "features.npy")
        for path in sorted(folder.glob("*.onnx")):
            row = compare(path, features)
            num_compared += 1
            print(f"{folder.name:8} {row['model']:20} {row['rows']:5} {row['bytes']:9} {row['batch']:9.1e} {row['by 7']:9.1e} "
                  f"{row['single']:9.1e} {row['labels']:18}")
            worst = max(row["batch"], row["by 7"], row["single"])
            if not worst <= TOLERANCE or row["labels"]:
                failures.append(f"{folder.name}/{row['model']}: probabilities differ by {worst:.1e}, labels {row['labels']} times")
    if num_compared < 4:
        failures.append(f"only {num_compared} models were compared")
    if not (args.out / "ravdess").is_dir():
        print("SKIPPED, NOT TESTED: the reference features of RAVDESS are absent; compared on the small table only")
    print("\n".join(failures) or f"{num_compared} models, all within {TOLERANCE}")
    return 1 if failures else 0


try:
    import numpy as np
    import onnx
    import onnxruntime
except ImportError as error:
    print(f"SKIPPED, NOT TESTED: {error}; ./test installs what is needed (tests/requirements.txt)")
    sys.exit(77)
sys.exit(main())
