"""Decision trees of scikit-learn, node by node, for the tests of the tree builder.

    python make_tree_goldens.py ../../tests/data/sklearn/decision_trees.json

All features are looked at in every split and the depth is small, so that the trees do not depend on random numbers: a split that
another one equals would, so weights are drawn anew until twenty seeds agree. Fractions are of 64, so that sums
are exact and rounding cannot decide between equal splits.
Made with scikit-learn 1.9.1 and NumPy 2.4; the versions are written into the result.
"""
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

NUM_ROWS, NUM_FEATURES, NUM_CLASSES, DEPTH = 300, 6, 4, 4


def fit(x, y, weights, seed):
    tree = DecisionTreeClassifier(max_depth=DEPTH, random_state=seed).fit(x, y, sample_weight=weights).tree_
    is_leaf = tree.children_left < 0
    return {
        "features": np.where(is_leaf, -1, tree.feature).tolist(),
        "thresholds": np.where(is_leaf, 0.0, tree.threshold).tolist(),
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "probabilities": (tree.value[:, 0, :] / tree.value[:, 0, :].sum(axis=1, keepdims=True)).round(12).tolist(),
    }


def main(out_path):
    x, y = make_classification(n_samples=NUM_ROWS, n_features=NUM_FEATURES, n_informative=4, n_classes=NUM_CLASSES,
                               n_clusters_per_class=2, class_sep=0.7, random_state=3)
    x = np.round(x, 2).astype(np.float32)  # rounded, so that many values are equal
    weightings = {
        "none": lambda random: np.ones(NUM_ROWS),
        "counts": lambda random: random.integers(0, 4, NUM_ROWS).astype(float),
        "fractions": lambda random: random.integers(1, 128, NUM_ROWS) / 64.0,
    }
    out = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "num_rows": NUM_ROWS, "num_features": NUM_FEATURES,
           "num_classes": NUM_CLASSES, "max_depth": DEPTH, "rows": x.ravel().astype(float).round(2).tolist(), "labels": y.tolist(),
           "trees": {}}
    for name, draw in weightings.items():
        for attempt in range(100):
            weights = draw(np.random.default_rng(attempt))
            tree = fit(x, y, weights, 0)
            if all(fit(x, y, weights, seed) == tree for seed in range(1, 20)):
                break
        else:
            raise AssertionError(f"{name}: every table has equal splits")
        out["trees"][name] = {"weights": weights.tolist(), **tree}
    pathlib.Path(out_path).write_text(json.dumps(out) + "\n")


main(*sys.argv[1:])
