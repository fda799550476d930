"""Why Sermo's SVM is not written as ONNX's SVMClassifier: measures what that operator would answer.

    svm_classifier_difference.py FOLDER

FOLDER is a table's folder as compare_onnxruntime.py leaves it (build/ci/tests/onnx_models/ravdess). The machine in svm.onnx
is put into an SVMClassifier with prob_a and prob_b, its classes are looked up in knn.onnx, and both are run by onnxruntime
on the same rows.
"""
import pathlib
import sys
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1])


def initializers(name):
    graph = onnx.load(FOLDER / name).graph
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}, graph


def scaler_node(graph):
    return next(node for node in graph.node if node.op_type == "Scaler")


def as_svm_classifier():
    svm, graph = initializers("svm.onnx")
    knn, _ = initializers("knn.onnx")
    class_of = {row.tobytes(): label for row, label in zip(knn["core/rows"], knn["core/labels"])}
    vectors = svm["core/support_vectors"]
    classes = np.array([class_of[row.tobytes()] for row in vectors])
    num_labels = classes.max() + 1
    order = np.argsort(classes, kind="stable")
    vectors, classes = vectors[order], classes[order]
    by_pair = svm["core/coefficients"][order]
    # libsvm's layout: row j - 1 for vectors of class i in pair (i, j), row i for those of class j.
    coefficients = np.zeros((num_labels - 1, len(vectors)), np.float32)
    pair = 0
    for i in range(num_labels):
        for j in range(i + 1, num_labels):
            coefficients[j - 1, classes == i] = by_pair[classes == i, pair]
            coefficients[i, classes == j] = by_pair[classes == j, pair]
            pair += 1
    node = helper.make_node(
        "SVMClassifier", ["scaled"], ["index", "probabilities"], domain="ai.onnx.ml", kernel_type="RBF",
        kernel_params=[float(svm["core/gamma"]), 0.0, 3.0], classlabels_ints=list(range(num_labels)),
        vectors_per_class=np.bincount(classes).tolist(), support_vectors=vectors.ravel().tolist(),
        coefficients=coefficients.ravel().tolist(), rho=(-svm["core/offsets"]).tolist(),
        prob_a=svm["core/slopes"].tolist(), prob_b=svm["core/intercepts"].tolist(), post_transform="NONE")
    scaler = scaler_node(graph)
    scaler.output[0] = "scaled"
    model = helper.make_model(
        helper.make_graph([scaler, node], "svm_classifier",
                          [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", vectors.shape[1]])],
                          [helper.make_tensor_value_info("index", TensorProto.INT64, ["N"]),
                           helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", int(num_labels)])]),
        opset_imports=[helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=8)
    return model.SerializeToString()


def microseconds_a_row(session, rows):
    session.run(["probabilities"], {"features": rows[:1]})
    start = time.perf_counter()
    for i in range(len(rows)):
        session.run(["probabilities"], {"features": rows[i:i + 1]})
    return (time.perf_counter() - start) / len(rows) * 1e6


def main():
    rows = np.load(FOLDER / "features.npy")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    ours = onnxruntime.InferenceSession(FOLDER / "svm.onnx", options)
    theirs = onnxruntime.InferenceSession(as_svm_classifier(), options)
    (p,) = ours.run(["probabilities"], {"features": rows})
    q = theirs.run(None, {"features": rows})[1]
    singles = np.concatenate([theirs.run(None, {"features": rows[i:i + 1]})[1] for i in range(len(rows))])
    difference = np.abs(p - q).max(axis=1)
    print(f"{len(rows)} rows: SVMClassifier's probabilities differ by {difference.max():.1e} at most, {np.median(difference):.1e} "
          f"in the median; {(difference > 1e-5).sum()} rows by more than 1e-5, {(p.argmax(1) != q.argmax(1)).sum()} labels differ")
    print(f"SVMClassifier on batches and on single rows: {np.abs(q - singles).max():.1e}")
    print(f"one row: ours {microseconds_a_row(ours, rows):.0f} us, SVMClassifier {microseconds_a_row(theirs, rows):.0f} us")


main()
