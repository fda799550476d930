"""Goldens of eval/metrics: scikit-learn's scores of random predictions, one class never true and one never predicted.

Writes tests/data/golden/metrics.json. Run: python tools/golden/make_metrics.py (see requirements.txt).
"""
import json
import pathlib

import numpy as np
import sklearn
from scipy.stats import permutation_test
from sklearn.metrics import (accuracy_score, brier_score_loss, confusion_matrix, f1_score, log_loss, precision_score, recall_score)

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
ece, edges, bins = 0.0, np.linspace(0, 1, 16), []
for low, high in zip(edges[:-1], edges[1:]):
    inside = (confidence > low) & (confidence <= high)
    bins.append([int(inside.sum()), confidence[inside].mean() if inside.any() else 0.0,
                 (predicted == truth)[inside].mean() if inside.any() else 0.0])
    if inside.any():
        ece += inside.mean() * abs((predicted == truth)[inside].mean() - confidence[inside].mean())

# Risk against coverage, one definition a line: the mean of the error over all orders of clips of equal confidence.
coarse = np.round(confidence, 1)  # so that there are ties
risk = []
for n in range(1, num_rows + 1):
    edge = np.sort(coarse)[::-1][n - 1]
    above, equal = coarse > edge, coarse == edge
    wrong = predicted != truth
    risk.append((wrong[above].sum() + wrong[equal].mean() * (n - above.sum())) / n)

# Two models' answers to eight speakers' clips; the second is the first with some answers replaced.
speakers = np.arange(num_rows) % 8
other = np.where(rng.random(num_rows) < 0.3, rng.integers(0, num_classes, num_rows), predicted)


def uar(y, p):
    return recall_score(y, p, labels=np.unique(y), average="macro", zero_division=0)


random, drawn_uar, drawn_difference = np.random.RandomState(5), [], []
for _ in range(200):
    drawn = np.concatenate([np.flatnonzero(speakers == random.randint(0, 8)) for _ in range(8)])
    drawn_uar.append(uar(truth[drawn], predicted[drawn]))
    drawn_difference.append(drawn_uar[-1] - uar(truth[drawn], other[drawn]))
of_speaker = [[uar(truth[speakers == s], p[speakers == s]) for s in range(8)] for p in (predicted, other)]
paired = permutation_test(of_speaker, lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=np.inf)

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
    "brier": brier_score_loss(truth, normalised / normalised.sum(axis=1, keepdims=True), labels=labels, scale_by_half=False),
    "reliability": bins,
    "coarse_confidence": coarse.tolist(),
    "risk_coverage": risk,
    "aurc": float(np.mean(risk)),
    "speakers": speakers.tolist(),
    "other": other.tolist(),
    "interval": np.percentile(drawn_uar, [2.5, 97.5]).tolist(),
    "difference": uar(truth, predicted) - uar(truth, other),
    "difference_interval": np.percentile(drawn_difference, [2.5, 97.5]).tolist(),
    "p_value": float(paired.pvalue),
    "precision": precision_score(truth, predicted, labels=labels, average=None, zero_division=0).tolist(),
    "recall": recall_score(truth, predicted, labels=labels, average=None, zero_division=0).tolist(),
    "f1": f1_score(truth, predicted, labels=labels, average=None, zero_division=0).tolist(),
    "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
}
path = pathlib.Path(__file__).parents[2] / "tests/data/golden/metrics.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(golden, indent=1) + "\n")
