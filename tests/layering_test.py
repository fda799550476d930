"""Fails when a source file of one layer includes a header of a layer above it.

The ladder is read from the add_subdirectory order in the top CMakeLists.txt, so there is one list. The test also plants an
upward include in a copy of the rule's input and requires that it is caught, so that it cannot pass by finding nothing.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
INCLUDE = re.compile(r'^\s*#\s*include\s*"sermo/(\w+)/', re.MULTILINE)


def ladder():
    text = (ROOT / "CMakeLists.txt").read_text()
    return re.findall(r"^add_subdirectory\(src/sermo/(\w+)\)", text, re.MULTILINE)


def violations(layer, text, layers):
    """Layers included by `text`, a file of `layer`, that stand above it or are unknown."""
    allowed = layers[: layers.index(layer) + 1]
    return [included for included in INCLUDE.findall(text) if included not in allowed]


def main():
    layers = ladder()
    assert layers[:2] == ["base", "audio"], layers
    planted = violations("dsp", '#include "sermo/base/error.h"\n#include "sermo/model/classifier.h"\n', layers)
    assert planted == ["model"], f"the rule does not catch a planted violation: {planted}"
    failures, num_files = [], 0
    for layer in layers:
        for path in sorted((ROOT / "src/sermo" / layer).rglob("*")):
            if path.suffix in {".h", ".cc"}:
                num_files += 1
                failures += [f"{path.relative_to(ROOT)} includes sermo/{bad}/, which stands above {layer}"
                             for bad in violations(layer, path.read_text(), layers)]
    unlisted = {p.name for p in (ROOT / "src/sermo").iterdir() if any(p.rglob("*.cc"))} - set(layers)
    failures += [f"src/sermo/{name} is not in the ladder" for name in sorted(unlisted)]
    assert num_files > 5, f"only {num_files} files found under {ROOT}"
    print("\n".join(failures) or f"{num_files} files in {len(layers)} layers, no arrow points up")
    return 1 if failures else 0


sys.exit(main())
