#!/usr/bin/env python3
"""How long the models of a folder take to load: the time that `sermo predict` needs for a clip with one model more than with none to load.

Each model by itself and all together, in turn, several times; what is printed is the median less that of the smallest file, which loads in
under a millisecond, so that starting the program and the clip itself do not count.

    python3 tools/bench/load_models.py build/release/bin/sermo models samples/hurried.wav
"""
import json
import pathlib
import statistics
import subprocess
import sys
import time


def seconds(program, models, name, clip):
    begin = time.perf_counter()
    subprocess.run([program, "predict", "--models", models, "--model", name, "--quiet", clip], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main():
    program, models, clip = sys.argv[1:4]
    entries = json.loads((pathlib.Path(models) / "manifest.json").read_text())["models"]
    smallest = min(entries, key=lambda entry: entry["bytes"])["name"]
    names = [entry["name"] for entry in entries] + ["all"]
    times = {name: [] for name in names}
    for _ in range(15):
        for name in names:
            times[name].append(seconds(program, models, name, clip))
    base = statistics.median(times[smallest])
    print(f"Start, decode, extract and answer with {smallest}: {1e3 * base:.0f} ms.\n")
    print("| model | file | milliseconds to load |")
    print("|---|---|---|")
    for name in names:
        size = sum(e["bytes"] for e in entries if name in (e["name"], "all"))
        print(f"| {name} | {size / 1e6:.2f} MB | {1e3 * (statistics.median(times[name]) - base):.1f} |")


main()
