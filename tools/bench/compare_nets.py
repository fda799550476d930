#!/usr/bin/env python3
"""Training steps of Sermo's nets against Keras's, in one run, in turn: 32 rows of 110 features, forward, backward, Adam.

What is compared is processor time, since Keras uses all cores and Sermo one a net: Keras's `fit` on 1152 rows (36 steps an epoch, compiled,
after a first epoch that is not counted), and `sermo_nn_benchmark`'s Step, which does what Sermo's fit does. Each net is done by one and then by
the other, several times; prints medians as a Markdown table.

    python3 tools/bench/compare_nets.py --benchmark build/bench/bench/sermo_nn_benchmark    (tools/golden/requirements-nn.txt)
"""
import argparse
import json
import os
import statistics
import subprocess
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers as k  # noqa: E402

NUM_ROWS, NUM_FEATURES, NUM_LABELS, BATCH, EPOCHS = 1152, 110, 8, 32, 2
WANTED_MS = {"mlp": 1, "cnn1d": 5, "cnn_lstm": 10, "gru": 30, "lstm": 40}


def dense_block(units, rate):
    return [k.Dense(units, activation="relu"), k.BatchNormalization(), k.Dropout(rate)]


def conv_block(filters):
    return [k.Conv1D(filters, 5, padding="same", activation="relu"), k.BatchNormalization(), k.MaxPooling1D(2), k.Dropout(0.3)]


def recurrent(layer):
    return [layer(128, return_sequences=True), k.Dropout(0.3), layer(64), k.Dropout(0.3), k.Dense(64, activation="relu")]


def hidden_layers(name):
    sequence = [k.Reshape((NUM_FEATURES, 1))]
    return {
        "mlp": lambda: dense_block(512, 0.4) + dense_block(256, 0.3) + dense_block(128, 0.3),
        "cnn1d": lambda: sequence + conv_block(64) + conv_block(128) + [k.Flatten()] + dense_block(128, 0.3),
        "cnn_lstm": lambda: sequence + [k.Conv1D(64, 3, padding="same", activation="relu"), k.MaxPooling1D(2), k.Dropout(0.3), k.LSTM(64),
                                        k.Dropout(0.3), k.Dense(64, activation="relu")],
        "gru": lambda: sequence + recurrent(k.GRU),
        "lstm": lambda: sequence + recurrent(k.LSTM),
    }[name]()


def keras_net(name):
    net = keras.Sequential([keras.Input((NUM_FEATURES,))] + hidden_layers(name) + [k.Dense(NUM_LABELS, activation="softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    return net


def keras_step_ms(net, x, y):
    wall, processor = time.perf_counter(), time.process_time()
    net.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    steps = EPOCHS * NUM_ROWS // BATCH
    return 1e3 * (time.process_time() - processor) / steps, 1e3 * (time.perf_counter() - wall) / steps


def sermo_step_ms(benchmark, name):
    said = subprocess.run([benchmark, f"--benchmark_filter=^Step/{name}/real_time/threads:1$", "--benchmark_format=json", "--benchmark_min_time=0.5"],
                          check=True, capture_output=True, text=True).stdout
    run = json.loads(said)["benchmarks"][0]
    return run["cpu_time"], run["real_time"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    random = np.random.default_rng(1)
    x = random.standard_normal((NUM_ROWS, NUM_FEATURES), dtype=np.float32)
    y = random.integers(0, NUM_LABELS, NUM_ROWS)
    print(f"Keras {keras.__version__}, backend {keras.backend.backend()}; medians of {arguments.rounds} rounds, ms a step of {BATCH} rows.\n")
    print("| net | Sermo, processor | Sermo, wall, one thread | wanted | Keras, processor | Keras, wall, all cores | processor time, Keras to Sermo |")
    print("|---|---|---|---|---|---|---|")
    for name, wanted in WANTED_MS.items():
        net = keras_net(name)
        net.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)
        ours, theirs = [], []
        for _ in range(arguments.rounds):
            ours.append(sermo_step_ms(arguments.benchmark, name))
            theirs.append(keras_step_ms(net, x, y))
        ratio = statistics.median(t[0] / o[0] for o, t in zip(ours, theirs))
        (sermo_cpu, sermo_wall), (keras_cpu, keras_wall) = ([statistics.median(column) for column in zip(*rows)] for rows in (ours, theirs))
        print(f"| {name} | {sermo_cpu:.2f} | {sermo_wall:.2f} | {wanted} | {keras_cpu:.1f} | {keras_wall:.1f} | {ratio:.1f} |", flush=True)


main()
