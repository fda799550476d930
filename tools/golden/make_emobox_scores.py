"""Writes tests/data/golden/emobox_scores.json: what scikit-learn's learners score on EmoBox's six actor folds.

The rows are those of the table that ships with Sermo; the definitions are the original project's (svm: RBF, C 1; knn: 5 neighbours;
rf: 200 trees of depth 20; et: 200 trees); the scaler is fitted inside each training part. Forests are drawn with ten seeds, because one
draw moves their score by a point. Run: python tools/golden/make_emobox_scores.py (see requirements.txt).
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDS = [{1, 11, 20, 21}, {4, 10, 12, 14}, {8, 9, 19, 23}, {3, 5, 7, 24}, {2, 15, 16, 18}, {6, 13, 17, 22}]
SEEDS = range(10)


def uar(make, X, y, speakers):
    predicted = np.empty_like(y)
    for actors in FOLDS:
        test = np.isin(speakers, list(actors))
        scaler = StandardScaler().fit(X[~test])
        predicted[test] = make().fit(scaler.transform(X[~test]), y[~test]).predict(scaler.transform(X[test]))
    return recall_score(y, predicted, average="macro")


def main():
    assert sklearn.__version__ == "1.9.1", sklearn.__version__
    table = np.load(ROOT / "share" / "ravdess-librosa110.npz")
    X, y, speakers = table["X"], table["y"], table["speakers"]
    forests = {"rf": lambda seed: RandomForestClassifier(200, max_depth=20, random_state=seed, n_jobs=-1),
               "et": lambda seed: ExtraTreesClassifier(200, random_state=seed, n_jobs=-1)}
    scores = {"svm": [uar(lambda: SVC(kernel="rbf", C=1.0, gamma="scale"), X, y, speakers)],
              "knn": [uar(lambda: KNeighborsClassifier(5), X, y, speakers)],
              "logistic": [uar(lambda: LogisticRegression(max_iter=5000), X, y, speakers)]}
    for name, forest in forests.items():
        scores[name] = [uar(lambda: forest(seed), X, y, speakers) for seed in SEEDS]
    golden = {"made_by": f"tools/golden/make_emobox_scores.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}",
              "uar": {name: float(np.mean(values)) for name, values in scores.items()},
              "lowest": {name: float(min(values)) for name, values in scores.items()},
              "highest": {name: float(max(values)) for name, values in scores.items()}}
    print(json.dumps(golden, indent=1))
    (ROOT / "tests/data/golden/emobox_scores.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
