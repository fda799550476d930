"""Writes tests/data/npy/: small arrays as NumPy 2.4.6 saves them, for the tests of base/npy and base/npz.

Usage: python tools/golden/make_npy_fixtures.py
"""
import pathlib
import warnings

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "npy"


def save(name, array, version=None):
    with open(OUT / f"{name}.npy", "wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about versions 2 and 3
        np.lib.format.write_array(file, np.asanyarray(array), version=version)


def main():
    assert np.__version__ == "2.4.6", np.__version__
    OUT.mkdir(parents=True, exist_ok=True)
    ramp = np.arange(12) * 0.5 - 1  # element i is i / 2 - 1
    matrix = ramp.reshape(3, 4)
    texts = np.array(["angry", "", "f\u00fcr \u2260 \U0001f600", "a,b \"c\""])

    save("float32_3x4", matrix.astype("<f4"))
    save("float64_3x4", matrix)
    save("float32_2x3x2", ramp.astype("<f4").reshape(2, 3, 2))
    save("float32_0d", np.array(2.5, "<f4"))
    save("float32_0x5", np.zeros((0, 5), "<f4"))
    save("int32_4", np.array([-1, 0, 7, 2**31 - 1], "<i4"))
    save("int64_4", np.array([-1, 0, 7, 2**31 - 1], "<i8"))
    save("int64_wide", np.array([2**31], "<i8"))
    save("uint8_2x3", np.array([[0, 1, 127], [128, 254, 255]], "u1"))
    save("unicode_4", texts)
    save("unicode_0d", np.array('{"id": "x"}'))
    save("unicode_0", np.array([], dtype="<U1"))
    save("unicode_escaped", np.array([b"caf\xe9.wav".decode("utf-8", "surrogateescape")]))
    save("unicode_surrogate", np.array(["\ud800"]))

    save("fortran_float64_3x4", np.asfortranarray(matrix))
    save("fortran_float32_2x3x2", np.asfortranarray(ramp.astype("<f4").reshape(2, 3, 2)))
    save("fortran_unicode_2x2", np.asfortranarray(texts.reshape(2, 2)))
    save("version2_float32_3x4", matrix.astype("<f4"), (2, 0))
    save("version3_float32_3x4", matrix.astype("<f4"), (3, 0))

    save("big_endian_float32_3x4", matrix.astype(">f4"))
    save("objects", np.array([None, "a"], dtype=object))
    save("structured", np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f4")]))
    save("bool_2", np.array([True, False]))

    arrays = {
        "X": matrix.astype("<f4"),
        "y": texts,
        "speakers": np.array([1, -1, 24], "<i4"),
        "schema": np.array('{"id": "x"}'),
    }
    np.savez(OUT / "stored.npz", **arrays)
    np.savez_compressed(OUT / "deflated.npz", **arrays)
    np.savez_compressed(OUT / "zeros.npz", X=np.zeros((1000, 1000), "<f4"))


if __name__ == "__main__":
    main()
