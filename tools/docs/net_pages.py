"""Writes the measured part of the pages of nets (docs/models) from a manifest that `sermo train` wrote.

    build/release/bin/sermo train --out models && python3 tools/docs/net_pages.py models/manifest.json
"""
import json
import pathlib
import sys

PAGES = pathlib.Path(__file__).parents[2] / "docs" / "models"
BEGIN = "<!-- measured: begin (tools/docs/net_pages.py writes this part) -->"
END = "<!-- measured: end -->"
ORIGINAL = {"mlp": ".694", "cnn1d": ".347", "lstm": ".316", "gru": ".354", "cnn_lstm": ".441"}
RECIPE = ["optimizer", "learning_rate", "schedule", "batch_size", "max_epochs", "patience", "monitor", "weight_decay", "label_smoothing",
          "feature_noise", "feature_dropout", "mixup", "weight_average", "clip_norm", "warm_up"]


def block(model, dataset):
    h, t, c = model["hyperparameters"], model["test"], model["calibration"]
    recipe = ", ".join(f"{key.replace('_', ' ')} {h[key]:g}" if isinstance(h[key], (int, float)) else f"{key.replace('_', ' ')} {h[key]}"
                       for key in RECIPE if key in h and h[key] not in (0, 0.0))
    return "\n".join([
        f"Recipe: {recipe}.", "",
        f"{dataset['name']}, {dataset['clips']} clips, the original's split ({t['clips']} test clips, the same actors in training), protocol "
        f"{model['protocol']}, seed {model['seed']}, one run:", "",
        "| accuracy | UAR | calibration error before, after | fit | file | the original, which stops on the test clips |",
        "|---|---|---|---|---|---|",
        f"| {t['accuracy']:.3f} | {t['uar']:.3f} | {c['ece_before']:.3f}, {c['ece_after']:.3f} | {model['fit_seconds']:.1f} s | "
        f"{model['bytes'] / 1e6:.2f} MB | {ORIGINAL[model['name']]} |",
    ])


def main():
    manifest = json.loads(pathlib.Path(sys.argv[1]).read_text())
    for model in manifest["models"]:
        if model["name"] not in ORIGINAL:
            continue
        page = PAGES / f"{model['name']}.md"
        text = page.read_text()
        start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
        page.write_text(text[:start] + "\n" + block(model, manifest["dataset"]) + "\n" + text[end:])


main()
