"""Writes docs/results.md from reports that `sermo evaluate --out` wrote; tools/docs/results.sh makes them all.

    python3 tools/docs/results.py R.json [MORE.json ...]

Evaluations of one cut in several reports are put into one table, so that slow models may be measured by themselves.
"""
import json
import pathlib
import sys

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "results.md"
# scikit-learn on the same rows and folds; tools/golden/make_emobox_scores.py.
SKLEARN = json.loads((PAGE.parents[1] / "tests/data/golden/emobox_scores.json").read_text())["uar"]
TITLES = {"emobox": "EmoBox's six folds of actors: speakers never heard", "loso": "One actor left out: speakers never heard",
          "random": "Random fifths: the same actors in training and test", "original": "The original's 80/20 split: the same actors in training and test"}


def number(value, digits=3):
    return "" if value is None else f"{value:.{digits}f}".replace("0.", ".", 1)


def sklearn(model):
    """scikit-learn saw the 110 features."""
    return number(SKLEARN.get(model["name"])) if model["schema_id"].startswith("librosa-110/") else ""


def table(models, protocol):
    compare = protocol == "emobox"
    lines = ["| model | features | UAR | 95 % | accuracy | macro F1 | ECE before, after | accuracy of the best half | neutral and calm as one |"
             + (" scikit-learn's UAR |" if compare else ""), "|---|---|---|---|---|---|---|---|---|" + ("---|" if compare else "")]
    for m in sorted(models, key=lambda m: -m["scores"]["uar"]):
        s = m["scores"]
        low, high = s["uar_interval"] or (None, None)
        seven = s.get("seven_options", {}).get("accuracy")
        line = (f"| `{m['name']}` | {m['schema_id'].split('/')[0]} | {number(s['uar'])} | {number(low)} to {number(high)} | {number(s['accuracy'])} | {number(s['macro_f1'])} | "
                f"{number(s['ece_before'])}, {number(s['ece'])} | {number(s['accuracy_at_half_coverage'])} | {number(seven)} |")
        lines.append(line + (f" {sklearn(m)} |" if compare else ""))
    return lines


def p_value(comparison):
    return "below .001" if comparison["p_value"] < 0.001 else number(comparison["p_value"])


def comparisons(evaluation):
    if not evaluation["comparisons"]:
        return []
    first = evaluation["comparisons"][0]["first"]
    parts = [f"`{c['second']}` {c['difference']:+.3f} ({c['interval'][0]:+.3f} to {c['interval'][1]:+.3f}, p {p_value(c)})"
             for c in evaluation["comparisons"]]
    return ["", f"`{first}` less each other, the same draws of speakers (p: exchange of two models' answers by speaker): " + "; ".join(parts) + "."]


def leaks_line(evaluation):
    leaks = evaluation["leaks"]
    parts = [f"{len(evaluation['folds'])} folds, {len(evaluation['clips'])} clips tested"]
    parts.append("no speaker in both parts" if evaluation["speakers_apart"] else f"same speakers in training and test: {leaks['same_speakers']}")
    parts.append(f"same sentences in both parts: {leaks['same_sentences']}")
    parts.append(f"copies across a cut: {len(leaks['copies'])}" + (f" ({leaks['kept_together']} moved to the side of its first)" if leaks["kept_together"] else ""))
    how = sorted({m["calibrated_on"] or "nothing" for m in evaluation["models"]})
    parts.append("calibrated on " + " or ".join(how))
    parts.append(f"wall time {evaluation['wall_seconds']:.0f} s")
    return "; ".join(parts) + "."


def groups(model):
    lines = []
    for name in ("sex", "intensity"):
        if name in model["scores"]["groups"]:
            lines.append(f"{name}: " + ", ".join(f"{g['name']} {number(g['uar'])}" for g in model["scores"]["groups"][name]))
    speakers = sorted(model["scores"]["groups"].get("speaker", []), key=lambda g: g["uar"])
    if len(speakers) > 1:
        lines.append(f"speakers: from {number(speakers[0]['uar'])} (speaker {speakers[0]['name']}) to {number(speakers[-1]['uar'])} (speaker {speakers[-1]['name']})")
    recalls = ", ".join(f"{c['label']} {number(c['recall'], 2)}" for c in model["scores"]["per_class"])
    sure = model["scores"]["not_uncertain"]
    return ["", f"The first of them, `{model['name']}`, by label (recall): {recalls}. UAR by " + "; ".join(lines) + ". "
            + (f"Not called uncertain: {sure['clips']} clips, of which {number(sure['accuracy'], 2)} are right." if sure["clips"] else "Every answer is called uncertain.")]


def stress(models):
    """The same models asked for the same recordings made worse."""
    stressed = [m for m in models if "stress" in m]
    if not stressed:
        return []
    lines = ["", "The same models asked for the same recordings made worse (`--stress`): UAR; in brackets the calibration error and the share of answers called uncertain. "
             "Nothing was fitted on these.", "",
             "| condition | " + " | ".join(f"`{m['name']}`, {m['schema_id'].split('/')[0]}" for m in stressed) + " |", "|---|" + "---|" * len(stressed)]
    for at, condition in enumerate(stressed[0]["stress"]):
        cells = [f"{number(s['uar'])} ({number(s['ece'])}, {100 * s['uncertain']:.0f} %)" for s in (m["stress"][at] for m in stressed)]
        lines.append(f"| {condition['condition']} | " + " | ".join(cells) + " |")
    return lines


def section(title, evaluations, protocol):
    lines = [f"## {title}"]
    models = {}
    for e in evaluations:
        lines += [leaks_line(e) if len(evaluations) == 1 else f"{', '.join(m['name'] for m in e['models'])}: {leaks_line(e)}", ""]
        models.update({(m["name"], m["schema_id"]): m for m in e["models"]})
    lines += table(models.values(), protocol)
    best = max(models.values(), key=lambda m: m["scores"]["uar"])
    lines += groups(best) + stress([m for e in evaluations for m in e["models"]])
    for e in evaluations:
        lines += comparisons(e) if len(e["models"]) > 1 else []
    return lines + [""]


def main():
    reports = [json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:]]
    data = reports[0]["data"]
    same = ("name", "clips", "speakers", "labels")
    assert all(r["data"][key] == data[key] for r in reports for key in same), "the reports are of different data"
    schemas = sorted({table["schema_id"] for r in reports for table in r["data"]["tables"]})
    cuts = {}
    for report in reports:
        for e in report["evaluations"]:
            cuts.setdefault(e["protocol"], []).append(e)
    lines = ["# What the models are worth", "Written by `tools/docs/results.sh`; every figure comes from predictions for clips that the model had not learnt from.", "",
             f"Data: {data['name']}, {data['clips']} clips, {data['speakers']} speakers, features {' and '.join(schemas)}. Sermo {reports[0]['sermo_version']}, seed "
             f"{reports[0]['settings']['seed']}. UAR: unweighted average recall. The interval draws speakers with replacement (2000 times). ECE: expected calibration "
             "error, 15 bins. Scaler, stopping, calibration, threshold and vote weights are fitted inside each training part. Listeners who chose among seven options, "
             "with neutral and calm as one, got .624 right (Livingstone & Russo 2018).", ""]
    for protocol, evaluations in sorted(cuts.items(), key=lambda c: ("mapping" in c[1][0], list(TITLES).index(c[0]) if c[0] in TITLES else 9)):
        title = TITLES.get(protocol, protocol)
        if "mapping" in evaluations[0]:
            title = f"Another corpus: learnt from {data['name']}, tested on {protocol.removeprefix('to ')}"
        lines += section(title, evaluations, protocol)
        if "mapping" in evaluations[0]:
            e = evaluations[0]
            mapping = ", ".join(f"{a} -> {b or 'none'}" for a, b in e["mapping"]["learnt_to_tested"].items())
            lines += [f"Labels: {mapping}; {e['left_out']} clips with other labels left out ({', '.join(e['mapping']['not_learnt'])}). Answers are looked at among "
                      f"the {len(e['labels'])} shared labels, chance {number(1 / len(e['labels']))}. Where an answer that is not shared counts as wrong: "
                      + ", ".join(f"`{m['name']}` {number(m['scores']['uar_without_help'])}" for m in e["models"]) + ".", ""]
    PAGE.write_text("\n".join(lines).rstrip() + "\n")


main()
