"""Writes tests/data/nn/*.npz: what Keras makes of small nets, for model/nn and learn/nn.

Each archive is one net, described by `graph` in Sermo's textual form, with
  x [N, D], labels [N] and every weight under Sermo's name,
  y            probabilities at inference,
  loss         mean cross-entropy of the rows in training mode (without dropout),
  grad/NAME    gradient of that loss by each trainable weight, and
  adam/NAME    every weight after three steps of Adam(0.01) on these rows (where asked for).

Weights are random numbers, biases and moments included, so that nothing is hidden by a zero. Keras keeps
two biases for each gate of a GRU; Sermo keeps one for update and reset, which is their sum, so Adam,
which would move both, is not compared there.

Usage: python tools/golden/make_nn_goldens.py   (requirements-nn.txt)
"""
import os
import pathlib
import re

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "nn"

# name: (graph, features, rows, whether Adam is compared)
CASES = {
    "dense": ("dense(9) relu dense(4) softmax", 7, 6, True),
    "dense_wide": ("dense(40) relu batch_norm dense(33) relu dense(4) softmax", 21, 5, True),
    "batch_norm": ("dense(6) batch_norm relu dense(3) softmax", 5, 8, True),
    "conv1d": ("sequence conv1d(5,3) relu flatten dense(3) softmax", 11, 4, True),
    "conv1d_deep": (
        "sequence conv1d(16,5) relu batch_norm max_pool(2) conv1d(32,5) relu batch_norm max_pool(2) "
        "flatten dense(10) relu batch_norm dense(4) softmax", 23, 5, True),
    "max_pool": ("sequence conv1d(3,1) max_pool(3) flatten dense(3) softmax", 14, 4, True),
    "lstm": ("sequence lstm(5) dense(3) softmax", 9, 4, True),
    "lstm_deep": ("sequence lstm(6,sequences) lstm(4) dense(5) relu dense(3) softmax", 12, 5, True),
    "gru": ("sequence gru(5) dense(3) softmax", 9, 4, False),
    "gru_deep": ("sequence gru(6,sequences) gru(4) dense(5) relu dense(3) softmax", 12, 5, False),
    "conv_lstm": ("sequence conv1d(16,3) relu max_pool(2) lstm(16) dense(6) relu dense(4) softmax", 17, 5, True),
}


def make_layer(kind, args):
    layers = keras.layers
    if kind == "sequence":
        return layers.Reshape((-1, 1))
    if kind == "dense":
        return layers.Dense(int(args[0]))
    if kind == "conv1d":
        return layers.Conv1D(int(args[0]), int(args[1]), padding="same")
    if kind == "relu":
        return layers.ReLU()
    if kind == "batch_norm":
        return layers.BatchNormalization()
    if kind == "max_pool":
        return layers.MaxPooling1D(int(args[0]))
    if kind == "flatten":
        return layers.Flatten()
    if kind in ("lstm", "gru"):
        layer = layers.LSTM if kind == "lstm" else layers.GRU
        return layer(int(args[0]), return_sequences="sequences" in args)
    if kind == "softmax":
        return layers.Softmax()
    raise ValueError(kind)


def build(graph, num_features):
    """The Keras model, and its variables under Sermo's names."""
    model = keras.Sequential([keras.Input((num_features,))])
    counts, names = {}, []
    for text in graph.split():
        kind, args = re.fullmatch(r"(\w+)(?:\((.*)\))?", text).groups()
        counts[kind] = counts.get(kind, 0) + 1
        layer = make_layer(kind, args.split(",") if args else [])
        model.add(layer)
        names += [(f"{kind}_{counts[kind]}/{v.name}", v) for v in layer.weights if "seed" not in v.name]
    return model, names


def random_weights(names, rng):
    for name, variable in names:
        shape = variable.shape
        scale = 0.3 if len(shape) == 1 else 1.0 / np.sqrt(np.prod(shape[:-1]))
        value = rng.normal(0.0, scale, shape)
        if name.endswith(("gamma", "moving_variance")):
            value = rng.uniform(0.5, 2.0, shape)
        if "gru" in name and name.endswith("bias"):
            value = rng.normal(0.0, 0.3, shape)
        variable.assign(value.astype(np.float32))


def ours(name, value, is_gradient=False):
    """A Keras array as Sermo keeps it."""
    value = np.asarray(value, np.float32)
    if "gru" in name and name.endswith("/bias"):
        inputs, recurrent = value.reshape(2, 3, -1)
        gates = inputs[:2] if is_gradient else inputs[:2] + recurrent[:2]
        return np.concatenate([gates, inputs[2:], recurrent[2:]]).reshape(-1)
    return value


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for index, (case, (graph, num_features, num_rows, with_adam)) in enumerate(CASES.items()):
        rng = np.random.default_rng(index)
        model, names = build(graph, num_features)
        random_weights(names, rng)
        x = rng.normal(size=(num_rows, num_features)).astype(np.float32)
        num_labels = model.output_shape[1]
        labels = rng.integers(num_labels, size=num_rows).astype(np.int32)
        arrays = {"graph": np.array(graph), "x": x, "labels": labels}
        arrays |= {name: ours(name, v.numpy()) for name, v in names}
        arrays["y"] = model(x, training=False).numpy()

        optimizer = keras.optimizers.Adam(0.01)
        for step in range(3 if with_adam else 1):
            with tf.GradientTape() as tape:
                probabilities = model(x, training=True)
                loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
            gradients = tape.gradient(loss, model.trainable_variables)
            if step == 0:
                arrays["loss"] = np.array([loss.numpy()], np.float32)
                for name, variable in names:
                    for v, gradient in zip(model.trainable_variables, gradients):
                        if v is variable:
                            arrays[f"grad/{name}"] = ours(name, gradient.numpy(), is_gradient=True)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        if with_adam:
            arrays |= {f"adam/{name}": v.numpy() for name, v in names}
        np.savez_compressed(OUT / f"{case}.npz", **arrays)
        print(case, sum(a.nbytes for a in arrays.values()), "bytes")


if __name__ == "__main__":
    main()
