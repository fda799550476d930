"""What scikit-learn's forests and gradient boosting score on the RAVDESS feature table, over several seeds.

    python make_forest_scores.py X.npy y.npy ../../tests/data/sklearn/forest_scores.json

X.npy is float [1440, 110] (librosa 0.11.0, rounded to float32 here), y.npy the labels as text. One split for all seeds:
train_test_split(test_size=0.2, stratify=y, random_state=42), scaled by the training rows. The seed is the model's random_state only.
Made with scikit-learn 1.9.1 and NumPy 2.4; the versions are written into the result.
"""
import json
import pathlib
import sys
import time

import numpy as np
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

MODELS = {
    "rf": (100, lambda seed: RandomForestClassifier(n_estimators=200, max_depth=20, random_state=seed, n_jobs=1)),
    "et": (100, lambda seed: ExtraTreesClassifier(n_estimators=200, random_state=seed, n_jobs=1)),
    "gb": (3, lambda seed: GradientBoostingClassifier(n_estimators=100, max_depth=5, learning_rate=0.1, random_state=seed)),
}


def num_nodes(model):
    return int(sum(tree.tree_.node_count for tree in np.ravel(model.estimators_)))


def main(features_path, labels_path, out_path):
    features = np.load(features_path).astype(np.float32)
    labels = np.load(labels_path)
    x_train, x_test, y_train, y_test = train_test_split(features, labels, test_size=0.2, stratify=labels, random_state=42)
    scaler = StandardScaler().fit(x_train)
    x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
    out = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "train_rows": len(y_train), "test_rows": len(y_test)}
    for name, (num_seeds, make) in MODELS.items():
        accuracies, nodes, seconds = [], [], []
        for seed in range(num_seeds):
            start = time.perf_counter()
            model = make(seed).fit(x_train, y_train)
            seconds.append(time.perf_counter() - start)
            accuracies.append(round(float(model.score(x_test, y_test)), 6))
            nodes.append(num_nodes(model))
        out[name] = {"seeds": num_seeds, "accuracy_mean": round(float(np.mean(accuracies)), 6),
                     "accuracy_std": round(float(np.std(accuracies)), 6), "nodes_mean": round(float(np.mean(nodes)), 1),
                     "fit_seconds_median_one_thread": round(float(np.median(seconds)), 3), "accuracies": accuracies}
        print(name, {key: value for key, value in out[name].items() if key != "accuracies"}, flush=True)
    pathlib.Path(out_path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(out_path).write_text(json.dumps(out, indent=1) + "\n")


main(*sys.argv[1:])
