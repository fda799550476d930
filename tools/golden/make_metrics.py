"""Goldens of eval/metrics: scikit-learn's scores of random predictions, one class never true and one never predicted.

Writes tests/data/golden/metrics.json. Run: python tools/golden/make_metrics.py (see requirements.txt).
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.metrics import (accuracy_score, confusion_matrix, f1_score, log_loss, precision_score, recall_score)

rng = np.random.default_rng(7)
num_rows, num_classes = 60, 5
truth = rng.integers(0, num_classes - 1, num_rows)  # the last class is never true
probabilities = rng.dirichlet(np.ones(num_classes) * 0.7, num_rows)
probabilities[np.arange(num_rows), truth] += 0.35
probabilities[:, 1] *= 0.05  # and class 1 is never predicted
probabilities /= probabilities.sum(axis=1, keepdims=True)
probabilities = probabilities.astype(np.float32)
predicted = probabilities.argmax(axis=1)
assert 1 not in predicted and num_classes - 1 in predicted
present = np.unique(truth)
labels = np.arange(num_classes)

# Expected calibration error written out as in Guo et al. 2017, eq. 5 (scikit-learn has none).
confidence = probabilities.astype(np.float64).max(axis=1)
ece, edges = 0.0, np.linspace(0, 1, 16)
for low, high in zip(edges[:-1], edges[1:]):
    inside = (confidence > low) & (confidence <= high)
    if inside.any():
        ece += inside.mean() * abs((predicted == truth)[inside].mean() - confidence[inside].mean())

normalised = probabilities.astype(np.float64)
golden = {
    "made_by": f"tools/golden/make_metrics.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "truth": truth.tolist(),
    "probabilities": [[float(p) for p in row] for row in probabilities],
    "accuracy": accuracy_score(truth, predicted),
    "uar": recall_score(truth, predicted, labels=present, average="macro", zero_division=0),
    "macro_f1": f1_score(truth, predicted, average="macro", zero_division=0),
    "log_loss": log_loss(truth, normalised / normalised.sum(axis=1, keepdims=True), labels=labels),
    "ece": ece,
    "precision": precision_score(truth, predicted, labels=labels, average=None, zero_division=0).tolist(),
    "recall": recall_score(truth, predicted, labels=labels, average=None, zero_division=0).tolist(),
    "f1": f1_score(truth, predicted, labels=labels, average=None, zero_division=0).tolist(),
    "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
}
path = pathlib.Path(__file__).parents[2] / "tests/data/golden/metrics.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(golden, indent=1) + "\n")
