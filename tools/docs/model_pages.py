"""Writes what docs/models and README.md say of scores, sizes and times, and all pictures, from docs/models/measured*.json.

    build/release/tools/learn/sermo_measure_models share/ravdess-librosa110.npz --jobs 2 \\
        --vote "vote(mlp,cnn1d,svm,gb,et)" --vote "vote(mlp,svm,et)" > docs/models/measured.json
    build/release/tools/learn/sermo_measure_models share/ravdess-sermo-voice.npz --jobs 2 > docs/models/measured_voice.json
    python3 tools/docs/model_pages.py

Everything between the markers of a page, and every picture in docs/models/pictures, comes from those files.
"""
import json
import pathlib
import re

import model_pictures as pictures

ROOT = pathlib.Path(__file__).parents[2]
MODELS = ROOT / "docs" / "models"
# What the project that Sermo starts from scores on the same split with Keras 3.15 and scikit-learn 1.9, one run; its nets stop on the test
# clips. The second figure, of four nets: the same with a tenth of the training clips to stop on.
ORIGINAL = {"mlp": (".694", ".639"), "cnn1d": (".347",), "lstm": (".316", ".351"), "gru": (".354", ".351"), "cnn_lstm": (".441", ".441"),
            "rf": (".618",), "svm": (".649",), "gb": (".590",), "knn": (".563",), "et": (".670",),
            "rf_gb_et": (".642",), "rf_svm_knn": (".677",), "gb_svm": (".625",)}


SCHEMAS = {"ravdess-librosa110.npz": ("librosa-110", "110 features"), "ravdess-sermo-voice.npz": ("sermo-voice", "3,728 voice descriptors (`sermo-voice`)")}


def figure(model):
    """What ships of a model on actors never heard; nothing where that was not measured."""
    figures = json.loads((ROOT / "share" / "honest.json").read_text())["figures"]
    found = [f for f in figures if f["model"] == model["name"] and f["schema_id"].startswith(SCHEMAS[model["features"]][0] + "/")]
    return found[0] if found else None


def strangers(model):
    """UAR on actors never heard, with its 95 % interval."""
    found = figure(model)
    return f"{share(found['uar'])} ({share(found['uar_interval'][0])} to {share(found['uar_interval'][1])})" if found else ""


def slug(name):
    """For file names: vote(svm,et) becomes vote_svm_et."""
    return re.sub("[^a-z0-9]+", "_", name).strip("_")


def share(value, digits=3):
    words = f"{value:.{digits}f}"
    return words.lstrip("0") if value < 1 else words


def mean(values):
    return sum(values) / len(values)


def deviation(values):
    return (sum((v - mean(values)) ** 2 for v in values) / len(values)) ** 0.5


def spread(values):
    return f"{share(mean(values))} ± {share(deviation(values))}"


def seconds(values):
    return f"{mean(values):.2f} s"


def megabytes(size):
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"


def original(name, honest):
    figures = ORIGINAL.get(name, ())
    if honest:
        return figures[1] if len(figures) > 1 else ""
    return figures[0] if figures else ""


def scores_table(model):
    honest, optimistic = model["honest"], model["original"]
    name = model["name"]
    watches = "epochs" in honest
    lines = ["| protocol | accuracy | UAR | the original project |", "|---|---|---|---|"]
    if watches:
        lines += [f"| honest: a tenth of the training clips stops the fit | {spread(honest['accuracy'])} | {spread(honest['uar'])} | {original(name, True)} |",
                  f"| original: the test clips stop the fit (optimistic) | {spread(optimistic['accuracy'])} | {spread(optimistic['uar'])} | {original(name, False)} |"]
    elif "members" in model["hyperparameters"]:
        lines += [f"| honest: weights from training clips | {spread(honest['accuracy'])} | {spread(honest['uar'])} | |",
                  f"| original: weights from the test clips, nets stopped by them (optimistic) | {spread(optimistic['accuracy'])} | {spread(optimistic['uar'])} | {original(name, False)} |"]
    else:
        lines.append(f"| honest and original (nothing stops this fit, so they are one) | {spread(honest['accuracy'])} | {spread(honest['uar'])} | {original(name, False)} |")
    return lines


def recalls(model, labels):
    rows = model["confusion"]
    return ", ".join(f"{label} {share(rows[k][k] / sum(rows[k]), 2)}" for k, label in enumerate(labels))


def measured(model, everything):
    name, honest = slug(model["name"]), model["honest"]
    words = [f"RAVDESS, {SCHEMAS[model['features']][1]}, the original's split ({everything['train_clips']} clips to train, {everything['test_clips']} to test, the same actors in "
             f"both). Mean and standard deviation over seeds 0 to {everything['seeds'] - 1}; the original project's figure is of one run.", ""]
    words += scores_table(model)
    if strangers(model):
        words += ["", f"On actors never heard (EmoBox's six folds, `sermo evaluate`): UAR {strangers(model)}."]
    words += ["", f"Expected calibration error {share(mean(honest['ece_before']))} before and {share(mean(honest['ece_after']))} after calibration. "
              f"{seconds(honest['fit_seconds'])} to fit on one thread, {model['answer_us']:.0f} us for one answer, a file of {megabytes(model['file_bytes'])} that loads in "
              f"{model['load_ms']:.1f} ms.", "", f"Recall by class, honest: {recalls(model, everything['labels'])}.", "",
              f"![Confusion matrix](pictures/{name}_confusion.svg)"]
    if model["log"]:
        words += ["", f"![Accuracy by epoch](pictures/{name}_curves.svg)"]
    return "\n".join(words)


def recipe(model):
    quiet = ("hidden_layers", "optimizer")
    rows = [f"| {key.replace('_', ' ')} | {value} |" for key, value in model["hyperparameters"].items() if key not in quiet and value not in (0, 0.0)]
    return "\n".join(["| | |", "|---|---|"] + rows)


def page_of(model):
    """Votes without a page of their own share one."""
    return model["name"] if (MODELS / f"{model['name']}.md").exists() else "votes"


def model_table(everything):
    lines = [f"RAVDESS speech, {everything['clips']} clips, {everything['speakers']} actors; the original's split: stratified 80/20, seed {everything['split_seed']}, "
             f"{everything['test_clips']} test clips. Mean and standard deviation over {everything['seeds']} seeds. First, what counts on a voice never heard: UAR over EmoBox's six folds of actors, 95 % over actors "
             "([docs/results.md](docs/results.md)).", "",
             "| model | | features | UAR, unknown voices | accuracy | UAR | accuracy, protocol original | the original project | calibration error before, after | fit | answer | file |",
             "|---|---|---|---|---|---|---|---|---|---|---|---|"]
    for model in sorted(everything["models"], key=lambda m: ((figure(m) or {"uar": 0})["uar"], mean(m["honest"]["accuracy"])), reverse=True):
        name, honest = model["name"], model["honest"]
        page = page_of(model)
        lines.append(f"| [`{name}`](docs/models/{page}.md) | {model['title']} | {SCHEMAS[model['features']][0]} | {strangers(model)} | {spread(honest['accuracy'])} | {spread(honest['uar'])} | "
                     f"{spread(model['original']['accuracy'])} | {original(name, False)} | {share(mean(honest['ece_before']))}, {share(mean(honest['ece_after']))} | "
                     f"{seconds(honest['fit_seconds'])} | {model['answer_us']:.0f} us | {megabytes(model['file_bytes'])} |")
    return "\n".join(lines)


def fill(path, part, words):
    begin, end = f"<!-- {part}: begin (tools/docs/model_pages.py writes this part) -->", f"<!-- {part}: end -->"
    page = path.read_text()
    start = page.index(begin) + len(begin)
    path.write_text(page[:start] + "\n" + words + "\n" + page[page.index(end):])


def draw(model, labels):
    folder = MODELS / "pictures"
    folder.mkdir(exist_ok=True)
    name = slug(model["name"])
    (folder / f"{name}_confusion.svg").write_text(pictures.confusion(model["confusion"], labels))
    if model["layers"]:
        (folder / f"{name}_architecture.svg").write_text(pictures.architecture(model["layers"], "features [110]"))
    if model["log"]:
        (folder / f"{name}_curves.svg").write_text(pictures.curves(model["log"]))


def main():
    everything, voice = (json.loads((MODELS / file).read_text()) for file in ("measured.json", "measured_voice.json"))
    same = ("labels", "clips", "speakers", "train_clips", "test_clips", "split_seed", "seeds")
    assert all(everything[key] == voice[key] for key in same), "the two tables were measured differently"
    for part in (everything, voice):
        for model in part["models"]:
            model["features"] = part["features"]
    measured_on_voice = {model["name"] for model in voice["models"]}
    everything["models"] = [model for model in everything["models"] if model["name"] not in measured_on_voice] + voice["models"]
    votes = []
    for model in everything["models"]:
        draw(model, everything["labels"])
        if page_of(model) == "votes":
            votes.append(model)
            continue
        path = MODELS / f"{model['name']}.md"
        fill(path, "measured", measured(model, everything))
        if model["layers"]:
            fill(path, "recipe", recipe(model))
    fill(MODELS / "votes.md", "measured", "\n\n".join(f"### {m['name']}: {', '.join(m['hyperparameters']['members'])}\n{measured(m, everything)}" for m in votes))
    fill(ROOT / "README.md", "models", model_table(everything))


main()
