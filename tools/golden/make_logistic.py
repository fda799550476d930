"""Writes tests/data/sklearn/logistic.npz: scikit-learn's logistic regression on the table of small.npz.

The first 180 rows train, the others are answered; with and without balanced class weights; solved to 1e-10, far below the
default tolerance, so that what is compared is the solution and not where a solver stopped.

Usage: python tools/golden/make_logistic.py (versions: requirements.txt)
"""
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

folder = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "sklearn"
table = np.load(folder / "small.npz")
X, y = table["X"], table["y"]
scaler = StandardScaler().fit(X[:180])
rows = (X - scaler.mean_.astype(np.float32)) * (1.0 / scaler.scale_).astype(np.float32)
out = {}
for name, weight in (("plain", None), ("balanced", "balanced")):
    model = LogisticRegression(C=1.0, tol=1e-10, max_iter=100000, class_weight=weight).fit(rows[:180].astype(np.float64), y[:180])
    out[f"{name}_probabilities"] = model.predict_proba(rows[180:].astype(np.float64)).astype(np.float32)
np.savez_compressed(folder / "logistic.npz", **out)
