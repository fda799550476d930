"""Writes tests/data/split.npz: the rows that scikit-learn 1.9.1 chooses, for data/split.

Every case is a vector of class indices (`<case>_labels`) with, for some parameters, train_test_split's
train and test rows (`<case>_split_<percent>_<seed>_train`, `..._test`) and StratifiedKFold's fold of each
row (`<case>_folds_<number>_<seed or none>`).

The labels of the case `ravdess` follow from the corpus' file names: 24 actors; statement 2 and repetition
2 of each emotion and intensity; neutral has no strong intensity; rows in sorted path order; classes in
alphabetical order.

Usage: python tools/golden/make_split_goldens.py
"""
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.model_selection import StratifiedKFold, train_test_split

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "split.npz"
# Codes 01 to 08 of RAVDESS, and where each stands in the alphabet.
EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
RANK = {name: i for i, name in enumerate(sorted(EMOTIONS))}


def ravdess_labels():
    labels = []
    for _actor in range(24):
        for emotion in EMOTIONS:
            labels += [RANK[emotion]] * (4 if emotion == "neutral" else 8)
    return np.array(labels)


def cases():
    rng = np.random.default_rng(7)
    yield "ravdess", ravdess_labels(), (0.2, 0.1), (0, 1, 42, 2024)
    # Ties everywhere: equal classes whose share is never whole.
    yield "equal", np.arange(70) % 7, (0.2, 0.25, 0.37), (0, 42, 5)
    yield "unbalanced", rng.choice(5, 211, p=(0.6, 0.2, 0.1, 0.06, 0.04)), (0.2, 0.1, 0.333), (0, 42, 9)
    yield "two", np.repeat((3, -1), (50, 4)), (0.2, 0.5), (42, 3)
    yield "small", np.array([2, 2, 0, 0, 0, 1, 1, 1, 1, 2]), (0.3, 0.5), (42, 11)


def main():
    assert sklearn.__version__ == "1.9.1", sklearn.__version__
    warnings.simplefilter("ignore")  # a class of fewer rows than folds
    arrays = {}
    for name, labels, fractions, seeds in cases():
        arrays[f"{name}_labels"] = labels.astype(np.int32)
        rows = np.arange(len(labels))
        for fraction in fractions:
            for seed in seeds:
                train, test = train_test_split(rows, test_size=fraction, stratify=labels, random_state=seed)
                key = f"{name}_split_{fraction}_{seed}"
                arrays[f"{key}_train"] = train.astype(np.int32)
                arrays[f"{key}_test"] = test.astype(np.int32)
        for num_folds in (2, 3, 5, 10):
            if num_folds > np.bincount(labels - labels.min()).max():
                continue
            for seed in (*seeds, None):
                folds = StratifiedKFold(num_folds, shuffle=seed is not None, random_state=seed)
                fold_of_row = np.full(len(labels), -1, np.int32)
                for fold, (train, test) in enumerate(folds.split(rows, labels)):
                    fold_of_row[test] = fold
                arrays[f"{name}_folds_{num_folds}_{'none' if seed is None else seed}"] = fold_of_row
    np.savez_compressed(OUT, **arrays)


if __name__ == "__main__":
    main()
