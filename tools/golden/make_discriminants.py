#!/usr/bin/env python3
"""Writes tests/data/discriminants.npz: scores of linear discriminant analysis and of kernel ridge regression by the
reference of the voice models (evaluate.py, whose functions are taken out of it: importing it would run it), and, for the
Ledoit-Wolf covariance, by scikit-learn's estimate. Two made-up tables of eight unbalanced classes: `tall` has more rows
than features, `wide` fewer.

    python3 tools/golden/make_discriminants.py --reference ../shared/reference/voice     (versions: requirements.txt)
"""
import argparse
import ast
import pathlib

import numpy as np
import scipy.linalg as la
from sklearn.covariance import ledoit_wolf

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/data/discriminants.npz"


def functions_of(path, names):
    tree = ast.parse(path.read_text())
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names]
    namespace = {"np": np, "la": la}
    exec(compile(tree, str(path), "exec"), namespace)
    return [namespace[name] for name in names]


def lda_ledoit_wolf(x, y, test):
    """The reference's scores with another covariance."""
    mean = np.stack([x[y == c].mean(0) for c in range(8)])
    covariance, shrinkage = ledoit_wolf(x - mean[y], assume_centered=True)
    assert 0.01 < shrinkage < 0.99, shrinkage
    w = la.cho_solve(la.cho_factor(covariance), mean.T)
    return test @ w - .5 * (mean.T * w).sum(0)


def table(rng, num_train, num_test, num_features):
    """Classes of unequal size, correlated features of unequal scale, and some outliers for clipping to act on."""
    y = np.concatenate([np.arange(8), rng.choice(8, num_train + num_test - 8, p=np.arange(2, 10) / 44)])
    centres = rng.standard_normal((8, num_features))
    mixing = np.eye(num_features) + 0.3 * rng.standard_normal((num_features, num_features)) / np.sqrt(num_features)
    x = (1.2 * centres[y] / np.sqrt(num_features / 20) + rng.standard_t(4, (len(y), num_features))) @ mixing
    return (x * np.exp(rng.standard_normal(num_features)) + 10 * rng.standard_normal(num_features)).astype(np.float32), y


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=pathlib.Path, required=True, help="folder of evaluate.py")
    lda, kernel_ridge = functions_of(parser.parse_args().reference / "evaluate.py", ["lda", "kernel_ridge"])
    rng = np.random.default_rng(3728)
    out = {}
    for name, num_train, num_test, num_features in (("tall", 170, 30, 24), ("wide", 90, 30, 130)):
        x, y = table(rng, num_train, num_test, num_features)
        wide = x.astype(float)
        mean, deviation = wide[:num_train].mean(0), wide[:num_train].std(0) + 1e-9
        z = np.clip((wide - mean) / deviation, -3, 3)
        assert (np.abs(z) == 3).any()
        train, labels, test = z[:num_train], y[:num_train], z[num_train:]
        out |= {f"{name}_X": x, f"{name}_y": y.astype(np.int32), f"{name}_num_train": np.array([num_train], np.int32),
                f"{name}_lda": lda(train, labels, test), f"{name}_lda_lw": lda_ledoit_wolf(train, labels, test),
                f"{name}_kernel_ridge": kernel_ridge(train, labels, test)}
    np.savez_compressed(OUT, **out)
    print({key: values.shape for key, values in out.items()}, OUT.stat().st_size)
    print({key: [values.min(), values.max()] for key, values in out.items() if values.dtype == float})


if __name__ == "__main__":
    main()
