"""Writes README.md's table of models from a manifest that `sermo train` wrote with its defaults.

    build/release/bin/sermo train --out models && python3 tools/docs/model_table.py models/manifest.json
"""
import json
import pathlib
import sys

README = pathlib.Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- models: begin (tools/docs/model_table.py writes this part) -->"
END = "<!-- models: end -->"
# What the project that Sermo starts from scores on the same split (Keras 3.15, scikit-learn 1.9); its nets stop on the test clips.
ORIGINAL = {"mlp": ".694", "cnn1d": ".347", "lstm": ".316", "gru": ".354", "cnn_lstm": ".441", "rf": ".618", "svm": ".649",
            "gb": ".590", "knn": ".563", "et": ".670", "rf_gb_et": ".642", "rf_svm_knn": ".677", "gb_svm": ".625"}


def number(value, digits=3):
    return "" if value is None else f"{value:.{digits}f}".lstrip("0")


def main():
    manifest = json.loads(pathlib.Path(sys.argv[1]).read_text())
    models = sorted(manifest["models"], key=lambda m: -m["test"]["accuracy"])
    lines = [
        f"RAVDESS speech, {manifest['dataset']['clips']} clips, {manifest['dataset']['speakers']} actors; the original's split: "
        f"stratified 80/20, seed {models[0]['seed']}, {models[0]['test']['clips']} test clips. Protocol "
        f"{models[0]['protocol']}, one run. `sermo train` prints the same table.",
        "",
        "| model | | accuracy | UAR | calibration error (ECE) before, after | the original's accuracy | fit | file |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for m in models:
        c = m["calibration"]
        lines.append(f"| `{m['name']}` | {m['title']} | {number(m['test']['accuracy'])} | {number(m['test']['uar'])} | "
                     f"{number(c.get('ece_before'))}, {number(c.get('ece_after'))} | {ORIGINAL.get(m['name'], '')} | "
                     f"{m['fit_seconds']:.2f} s | {m['bytes'] / 1e6:.1f} MB |")
    text = README.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    README.write_text(text[:start] + "\n" + "\n".join(lines) + "\n" + text[end:])


main()
