"""Writes tests/data/sklearn/: what scikit-learn 1.9.1 makes of scaler, class weights, KNN and SVM.

`small.npz`: a made-up table of 4 unbalanced classes and 20 features (X, y, the first 180 rows train, the rest
test); `edges.npz`: columns that are constant, nearly constant, tiny, huge, for the scaler alone;
`platt.npz`: decision values, truths and the sigmoids that scikit-learn's calibration fits to them; `coupling.npz`:
pairwise probabilities and the solution of Wu, Lin & Weng's equations (their (18), bordered) by numpy;
`ravdess.npz`: answers only, for the test rows of the split of seed 42 of the 1440 clips whose features lie
outside the repository (librosa_0.11_X.npy, as float32, and seed_y.npy; give their folder).

Keys: scaler_{mean,scale,rows}; weights (compute_class_weight, one a class); knn_{labels,probabilities};
svm_{labels,decisions} (SVC, RBF, C 1, gamma scale; decisions one-against-one) and svm_balanced_labels.
Probabilities of SVC are left out on purpose: scikit-learn deprecates them, and their folds are random.

Usage: python tools/golden/make_sklearn_models.py REFERENCE_FOLDER
"""
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.calibration import _sigmoid_calibration
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.class_weight import compute_class_weight

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "sklearn"


def scaled(scaler, rows):
    """As Sermo applies a scaler: in float32, (x - offset) * scale."""
    return (rows - scaler.mean_.astype(np.float32)) * (1.0 / scaler.scale_).astype(np.float32)


def answers(train, train_y, test):
    scaler = StandardScaler().fit(train)
    out = {"scaler_mean": scaler.mean_, "scaler_scale": scaler.scale_}
    train, test = scaled(scaler, train), scaled(scaler, test)
    classes = np.unique(train_y)
    out["weights"] = compute_class_weight("balanced", classes=classes, y=train_y)
    knn = KNeighborsClassifier(n_neighbors=5).fit(train, train_y)
    out["knn_labels"] = knn.predict(test).astype(np.int32)
    out["knn_probabilities"] = knn.predict_proba(test).astype(np.float32)
    svm = SVC(kernel="rbf", C=1.0, gamma="scale", decision_function_shape="ovo").fit(train, train_y)
    out["svm_gamma"] = np.array([svm._gamma])
    out["svm_labels"] = svm.predict(test).astype(np.int32)
    out["svm_decisions"] = svm.decision_function(test).astype(np.float32)
    balanced = SVC(kernel="rbf", C=1.0, gamma="scale", class_weight="balanced").fit(train, train_y)
    out["svm_balanced_labels"] = balanced.predict(test).astype(np.int32)
    return out


def small_table():
    rng = np.random.default_rng(11)
    y = rng.choice(4, 240, p=(0.4, 0.3, 0.2, 0.1)).astype(np.int32)
    centres = rng.normal(0.0, 1.0, (4, 20))
    spread = 10.0 ** rng.uniform(-3, 3, 20)
    X = (centres[y] + rng.normal(0.0, 1.6, (240, 20))) * spread + 5.0 * spread
    return X.astype(np.float32), y


def edge_table():
    rng = np.random.default_rng(12)
    noise = rng.normal(0.0, 1.0, 50)
    columns = [np.zeros(50), np.full(50, 0.1), np.full(50, -1e6), 1e6 + 1e-3 * noise, 1.0 + 2.0**-23 * (np.arange(50) == 7),
               1e-30 * noise, 1e15 * noise, 1e15 + 1e8 * noise, np.arange(50.0), (np.arange(50) == 0) * 3.0]
    return np.stack(columns, axis=1).astype(np.float32)


def platt_cases():
    rng = np.random.default_rng(13)
    out = {}
    for i, (positive, negative, gap, spread) in enumerate([(100, 100, 1.0, 1.0), (20, 150, 0.4, 0.7), (5, 7, 3.0, 0.5), (300, 40, 0.0, 1.0),
                                                           (50, 50, 40.0, 20.0)]):
        truths = np.repeat([1, 0], [positive, negative])
        decisions = rng.normal(np.where(truths, gap, -gap), spread)
        a, b = _sigmoid_calibration(decisions, truths)
        out |= {f"decisions_{i}": decisions, f"truths_{i}": truths.astype(np.int32), f"sigmoid_{i}": np.array([a, b])}
    return out


def coupling_cases():
    rng = np.random.default_rng(14)
    out = {}
    for k in (2, 3, 4, 8):
        pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
        rows = np.clip(1.0 / (1.0 + np.exp(-rng.normal(0, 4, (20, len(pairs))))), 1e-7, 1 - 1e-7)
        answers = []
        for row in rows:
            r = np.zeros((k, k))
            for (i, j), value in zip(pairs, row):
                r[i, j], r[j, i] = value, 1.0 - value
            Q = -r.T * r + np.diag((r.T ** 2).sum(axis=1))
            bordered = np.block([[Q, np.ones((k, 1))], [np.ones((1, k)), np.zeros((1, 1))]])
            answers.append(np.linalg.solve(bordered, np.append(np.zeros(k), 1.0))[:k])
        out |= {f"pairwise_{k}": rows, f"probabilities_{k}": np.array(answers)}
    return out


def main():
    assert sklearn.__version__ == "1.9.1", sklearn.__version__
    reference = pathlib.Path(sys.argv[1])
    OUT.mkdir(parents=True, exist_ok=True)

    X, y = small_table()
    small = answers(X[:180], y[:180], X[180:])
    np.savez_compressed(OUT / "small.npz", X=X, y=y, **small)

    # Among a million rows, one that differs by a float32 step is rounding noise to scikit-learn; two columns, of which
    # the second differs by eight steps.
    many = np.ones((1_000_000, 2), np.float32)
    many[-1] += np.float32([2.0**-23, 2.0**-20])
    many_scale = StandardScaler().fit(many).scale_

    X = edge_table()
    scaler = StandardScaler().fit(X)
    np.savez_compressed(OUT / "edges.npz", X=X, many_scale=many_scale, scaler_mean=scaler.mean_, scaler_scale=scaler.scale_,
                        scaler_rows=scaler.transform(X.astype(np.float64)))

    np.savez_compressed(OUT / "platt.npz", **platt_cases())
    np.savez_compressed(OUT / "coupling.npz", **coupling_cases())

    X = np.load(reference / "librosa_0.11_X.npy").astype(np.float32)
    y = np.unique(np.load(reference / "seed_y.npy"), return_inverse=True)[1].astype(np.int32)
    train, test = train_test_split(np.arange(len(y)), test_size=0.2, stratify=y, random_state=42)
    ravdess = answers(X[train], y[train], X[test])
    for name in ("knn_labels", "svm_labels"):
        print(name, "accuracy", (ravdess[name] == y[test]).mean())
    np.savez_compressed(OUT / "ravdess.npz", **ravdess)

    # How far apart the fifth and the sixth neighbour are where they are closest: what rounding may not exceed.
    scaler = StandardScaler().fit(X[train])
    distances, _ = KNeighborsClassifier(6).fit(scaled(scaler, X[train]), y[train]).kneighbors(scaled(scaler, X[test]))
    print("least relative gap of neighbours 5 and 6:", np.min(distances[:, 5] / distances[:, 4] - 1.0))


main()
