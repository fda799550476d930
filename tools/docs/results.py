"""Writes docs/results.md, and README.md's figures, from reports that `sermo evaluate --out` wrote; tools/docs/results.sh makes them all.

    python3 tools/docs/results.py R.json [MORE.json ...]

Evaluations of one cut in several reports are put into one table, so that slow models may be measured by themselves. What was measured for other conditions
(--stress) stands in the table of its cut only where nothing else does. Reports of other clips than the first are those of another corpus by itself. A part of which there is no report is left out.
"""
import json
import pathlib
import re
import sys

from enrolment import enrolled_models, number, schema, table as enrolment_table

ROOT = pathlib.Path(__file__).parents[2]
PAGE = ROOT / "docs" / "results.md"
# scikit-learn on the same rows and folds; tools/golden/make_emobox_scores.py.
SKLEARN = json.loads((ROOT / "tests/data/golden/emobox_scores.json").read_text())["uar"]
TITLES = {"emobox": "EmoBox's six folds of actors: speakers never heard", "loso": "One actor left out: speakers never heard",
          "random": "Random fifths: the same actors in training and test", "original": "The original's 80/20 split: the same actors in training and test"}
# Livingstone & Russo 2018, as the program has it; and ComParE features with logistic regression.
LISTENERS, PUBLISHED = 0.624, 0.636
DEFAULT = ("voice", "sermo-voice")
IN_CONDITIONS = ("stress", "target")


def uar(model):
    return model["scores"]["uar"]


def with_interval(scores, digits=3):
    if not scores["uar_interval"]:
        return number(scores["uar"], digits)
    return f"{number(scores['uar'], digits)} ({number(scores['uar_interval'][0], digits)} to {number(scores['uar_interval'][1], digits)})"


def by_cut(reports):
    """{protocol: [(report, evaluation)]}, whole evaluations last so that their figures stand."""
    cuts = {}
    for report in reports:
        for evaluation in report["evaluations"]:
            cuts.setdefault(evaluation["protocol"], []).append((report, evaluation))
    for evaluations in cuts.values():
        evaluations.sort(key=lambda both: all("stress" not in m for m in both[1]["models"]))
    return cuts


def models_of(evaluations):
    """Best first, each once."""
    models = {(m["name"], schema(m)): m for _, e in evaluations for m in e["models"]}
    return sorted(models.values(), key=uar, reverse=True)


def score_table(models, protocol):
    compare = protocol == "emobox"
    lines = ["| model | features | UAR (95 %) | accuracy | macro F1 | ECE before, after | best half | 7 options |" + (" scikit-learn's UAR |" if compare else ""),
             "|---|---|---|---|---|---|---|---|" + ("---|" if compare else "")]
    for m in models:
        s = m["scores"]
        line = (f"| `{m['name']}` | {schema(m)} | {with_interval(s)} | {number(s['accuracy'])} | {number(s['macro_f1'])} | {number(s['ece_before'])}, {number(s['ece'])} | "
                f"{number(s['accuracy_at_half_coverage'])} | {number(s.get('seven_options', {}).get('accuracy'))} |")
        lines.append(line + (f" {number(SKLEARN.get(m['name'])) if schema(m) == 'librosa-110' else ''} |" if compare else ""))
    return lines


def p_value(comparison):
    return "below .001" if comparison["p_value"] < 0.001 else number(comparison["p_value"])


def comparisons(evaluations):
    lines = []
    for _, e in evaluations:
        for c in e["comparisons"]:
            features = schema(next(m for m in e["models"] if m["name"] == c["first"]))
            lines.append(f"| `{c['first']}` | `{c['second']}` | {features} | {c['difference']:+.3f} ({c['interval'][0]:+.3f} to {c['interval'][1]:+.3f}) | {p_value(c)} |")
    if not lines:
        return []
    return ["", "<details><summary>The best of each evaluation less the others: difference in UAR, the same draws of speakers, and p by exchange of two models' answers by speaker"
            "</summary>", "", "| best | other | features | difference (95 %) | p |", "|---|---|---|---|---|", *lines, "", "</details>"]


def cut_line(evaluation):
    """What all evaluations of a cut have in common."""
    leaks, folds = evaluation["leaks"], len(evaluation["folds"])
    moved = f", {leaks['kept_together']} moved to the side of its first" if leaks["kept_together"] else ""
    speakers = "no speaker in both parts" if evaluation["speakers_apart"] else f"{leaks['same_speakers']} speakers in training and test"
    return (f"{folds} fold{'s' if folds > 1 else ''}, {len(evaluation['clips'])} clips tested; {speakers}, {leaks['same_sentences']} sentences in both, "
            f"{len(leaks['copies'])} copies of a recording across a cut{moved}.")


def groups(model):
    scores, lines = model["scores"], []
    for name in ("sex", "intensity"):
        if name in scores["groups"]:
            lines.append(f"{name}: " + ", ".join(f"{g['name']} {number(g['uar'])}" for g in scores["groups"][name]))
    speakers = sorted(scores["groups"].get("speaker", []), key=lambda g: g["uar"])
    if len(speakers) > 1:
        lines.append(f"speakers: from {number(speakers[0]['uar'])} (speaker {speakers[0]['name']}) to {number(speakers[-1]['uar'])} (speaker {speakers[-1]['name']})")
    recalls = ", ".join(f"{c['label']} {number(c['recall'], 2)}" for c in scores["per_class"])
    sure = scores["not_uncertain"]
    return ["", f"The first of them, `{model['name']}`, by label (recall): {recalls}. UAR by " + "; ".join(lines) + ". "
            + (f"Not called uncertain: {sure['clips']} clips, of which {number(sure['accuracy'], 2)} are right." if sure["clips"] else "Every answer is called uncertain.")]


def condition_table(models, key):
    lines = ["| condition | " + " | ".join(f"`{m['name']}`, {schema(m)}" for m in models) + " |", "|---|" + "---|" * len(models)]
    for at, condition in enumerate(models[0][key]):
        cells = [f"{number(s['uar'])} ({number(s['ece'])}, {100 * s['uncertain']:.0f} %)" for s in (m[key][at] for m in models)]
        lines.append(f"| {condition['condition']} | " + " | ".join(cells) + " |")
    return lines


def in_conditions(cuts):
    stressed = [m for evaluations in cuts.values() for _, e in evaluations for m in e["models"] if "stress" in m]
    if not stressed:
        return []
    return ["## Recordings made worse", "The models of EmoBox's folds asked for the same recordings made worse ([`--stress`](conditions.md)): UAR; in brackets the calibration error and the share of "
            "answers called uncertain. Nothing was fitted on these.", "", *condition_table(stressed, "stress"), ""]


def across(protocol, evaluations, data):
    """To another corpus, as it is and moved towards the learnt one."""
    models, e = models_of(evaluations), evaluations[0][1]
    mapping = ", ".join(f"{a} -> {b or 'none'}" for a, b in e["mapping"]["learnt_to_tested"].items())
    lines = [f"### {protocol}, features {schema(models[0])}", f"Learnt from {data['name']}. {cut_line(e)} Labels: {mapping}; {e['left_out']} clips with other labels left out "
             f"({', '.join(e['mapping']['not_learnt'])}). Answers are looked at among the {len(e['labels'])} shared labels, chance {number(1 / len(e['labels']))}; the last column counts "
             "answers that are not shared as wrong.", ""]
    names = [c["condition"] for c in models[0].get("target", ())]
    lines += ["| model | " + " | ".join(names or ["as it is"]) + " | as it is, no label left out |", "|---|" + "---|" * (max(len(names), 1) + 1)]
    for m in models:
        cells = [with_interval(c) for c in m["target"]] if names else [with_interval(m["scores"])]
        lines.append(f"| `{m['name']}` | " + " | ".join(cells) + f" | {number(m['scores']['uar_without_help'])} |")
    return lines + groups(models[0]) + comparisons(evaluations) + [""]


def all_across(cuts, data):
    parts = [across(protocol, evaluations, data) for protocol, evaluations in cuts.items() if "mapping" in evaluations[0][1]]
    if not parts:
        return []
    return ["## Another corpus", "`sermo evaluate --test`: other speakers, sentences, language and microphones. *As it is*: nothing of the corpus is known. *Each speaker enrolled*: each "
            "recording as that of an [enrolled speaker](enrolment.md) whose other recordings are at hand, unlabelled. *Standardised by corpus*: every feature brought from the mean and "
            "deviation of the whole corpus to those of what was learnt, which wants all of it at hand before the first answer. No label of the corpus is looked at, and nothing is "
            "fitted or chosen on it.", ""] + [line for part in parts for line in part]


def learnt_elsewhere(reports):
    """What models of another corpus by itself are worth on its speakers."""
    if not reports:
        return []
    lines = ["## Another corpus by itself", "The same learners, their settings unchanged, learnt from another corpus and tested on speakers of it that they never heard. It had no part in any "
             "choice.", "", "| corpus | labels | learnt from | model | UAR (95 %) | accuracy | ECE |", "|---|---|---|---|---|---|---|"]
    for report in reports:
        data = report["data"]
        for e in report["evaluations"]:
            corpus = f"{data['name']}, {data['clips']} clips, {TITLES.get(e['protocol'], e['protocol']).split(':')[0].replace('actor', 'speaker').lower()}"
            learnt = f"recordings, {report['settings']['copies']} degraded copies" if report["settings"]["copies"] else "recordings alone"
            lines += [f"| {corpus} | {', '.join(data['labels'])} | {learnt} | `{m['name']}` | {with_interval(m['scores'])} | {number(m['scores']['accuracy'])} | {number(m['scores']['ece'])} |"
                      for m in models_of([(report, e)])]
    return lines + [""]


def find(models, name, features):
    return next((m for m in models if (m["name"], schema(m)) == (name, features)), None)


def in_short(cuts, data):
    models = models_of(cuts.get("emobox", []))
    best = find(models, *DEFAULT)
    if best is None:
        return []
    old = next((m for m in models if schema(m) == "librosa-110"), None)
    lines = ["## In short", f"What the default model is worth on a voice that it never heard, {data['clips']} clips of {data['speakers']} actors in EmoBox's folds, beside other figures:", "",
             "| who answers | what is counted | figure |", "|---|---|---|", f"| **`voice`, the default** | UAR, eight labels | **{with_interval(best['scores'])}** |"]
    if old:
        lines.append(f"| `{old['name']}`, the best on the 110 features of the original | UAR, eight labels | {with_interval(old['scores'])} |")
    lines += [f"| best published without pretrained networks (ComParE features, logistic regression) | UAR, eight labels | {number(PUBLISHED)} |", "| chance | UAR, eight labels | .125 |",
              f"| **`voice`** | accuracy, neutral and calm as one | **{number(best['scores']['seven_options']['accuracy'])}** |",
              f"| listeners (Livingstone & Russo 2018) | accuracy, seven options | {number(LISTENERS)} |", ""]
    known = find(models_of(cuts.get("random", [])), *DEFAULT)
    if known:
        lines += [f"Where the actors' other clips were learnt from, the same model has a UAR of {with_interval(known['scores'])}: that is what knowing the voice is worth.", ""]
    other = [m for evaluations in cuts.values() if "mapping" in evaluations[0][1] for m in models_of(evaluations) if (m["name"], schema(m)) == DEFAULT]
    if other:
        lines += [f"On another corpus, in another language, it has {with_interval(other[0]['scores'])} among fewer labels ([below](#another-corpus)).", ""]
    return lines + [
        "**Two sentences.** All clips of RAVDESS say one of two sentences, and the tested actors say the same two that were learnt from. What a model makes of other words is not in any "
        "figure but that of another corpus.", "",
        "**Acted speech.** Actors were asked for one emotion at a time, half of the clips for a strong one, in a studio. What people show in daily life is weaker, mixed and without a "
        "right answer to compare with: expect less, and take a label for how a clip sounds.", ""]


def overview(cuts):
    """UAR, a line a model and features, a column a cut."""
    heads = {"emobox": "EmoBox's folds, unknown voices", "loso": "one actor left out, unknown voices", "random": "random fifths, known voices", "original": "80/20 split, known voices"}
    shown = [protocol for protocol in heads if protocol in cuts]
    by_model = {}
    for protocol in shown:
        for m in models_of(cuts[protocol]):
            by_model.setdefault((m["name"], schema(m)), {})[protocol] = uar(m)
    ranked = sorted(by_model.items(), key=lambda both: [both[1].get(protocol, 0.0) for protocol in shown], reverse=True)
    return ["## Every model on every cut", "UAR. What follows has intervals, calibration and more.", "", "| model | features | " + " | ".join(heads[p] for p in shown) + " |",
            "|---|---|" + "---|" * len(shown),
            *(f"| `{name}` | {features} | " + " | ".join(number(found.get(p)) for p in shown) + " |" for (name, features), found in ranked), ""]


HOW_TO_READ = ["## How to read the tables", "UAR: unweighted average recall, the mean over labels of the share that is recognised. In brackets the 95 % interval, which draws speakers with replacement "
               "(2000 times). ECE: expected calibration error, 15 bins, before and after calibration. Best half: accuracy of the half of answers that is most confident. 7 options: accuracy with "
               f"neutral and calm as one, of which listeners got {number(LISTENERS)} right. Scaler, stopping, calibration, threshold and vote weights are fitted inside each training part.", ""]


def enrolment(reports):
    models, _ = enrolled_models(reports)
    if not models:
        return []
    lines = ["## Enrolled speakers", "With unlabelled clips of the tested voice at hand, of every label in turn: UAR, its gain and the gain's 95 % interval, bold where that stays above zero. "
             "[enrolment.md](enrolment.md) has clips of one label too.", ""]
    for name, shown in models.items():
        lines += [f"`{name}`:", "", *enrolment_table(shown, ("every label",)), ""]
    return lines


def parity():
    lines = ["## Parity with the references", "| features | reference | clips, decoded by Sermo | bar, deviations | clips within it | median error | page |", "|---|---|---|---|---|---|---|"]
    page = (ROOT / "docs" / "parity.md").read_text()
    rows = [(int(clips), largest, float(median), float(within)) for clips, largest, median, within in
            re.findall(r"### from the files, [^\n]*: (\d+) clips\n.*?\| all \| (\S+) \| \S+ \| (\S+) \| ([\d.]+) % \|", page.split("\n## ")[1], re.S)]
    total = sum(r[0] for r in rows)
    lines.append(f"| `librosa-110` | librosa {re.search('with librosa ([0-9.]+[0-9])', page)[1]} | {total} | {re.search('The bar is ([0-9.]+[0-9])', page)[1]} | "
                 f"{sum(r[0] * r[3] for r in rows) / total:.1f} % | at most {max(r[2] for r in rows):.1e} | [parity.md](parity.md) |")
    page = (ROOT / "docs" / "parity-voice.md").read_text()
    all_rows = re.findall(r"\| all \| \d+ \| ([\d.]+) % \| (\S+) \| \S+ \| (\S+) \|", page)
    lines.append(f"| `sermo-voice` | a plain numpy program in double | {re.search('over ([0-9]+) clips', page)[1]} | {re.search('The bar is ([0-9.]+[0-9])', page)[1]} | {all_rows[-1][0]} % | "
                 f"{all_rows[-1][2]} | [parity-voice.md](parity-voice.md) |")
    return lines + [""]


def speed():
    page, voice = (ROOT / "docs" / "benchmarks.md").read_text(), (ROOT / "docs" / "parity-voice.md").read_text()
    ms = {stage: re.search(rf"Sermo, {stage}: ([0-9.]+) ms", page)[1] for stage in ("decode", "resample", "extract", "all")}
    librosa = re.search(r"librosa [0-9.]+: ([0-9.]+) ms", page)[1]
    stages = re.search(r"decode ([0-9.]+) ms, resample ([0-9.]+) ms, extract ([0-9.]+) ms, together ([0-9.]+) ms", voice).groups()
    answers = {m["name"]: m["answer_us"] for file in ("measured", "measured_voice") for m in json.loads((ROOT / f"docs/models/{file}.json").read_text())["models"]}
    return ["## Time for a clip", "Processor time on one thread, RAVDESS clips ([benchmarks.md](benchmarks.md), [parity-voice.md](parity-voice.md)); answers of `voice` and `svm`.", "",
            "| features | decode | resample | extract | together | one answer | the reference |", "|---|---|---|---|---|---|---|",
            f"| `sermo-voice` | {stages[0]} ms | {stages[1]} ms | {stages[2]} ms | {stages[3]} ms | {answers['voice'] / 1000:.2f} ms | |",
            f"| `librosa-110` | {ms['decode']} ms | {ms['resample']} ms | {ms['extract']} ms | {ms['all']} ms | {answers['svm'] / 1000:.2f} ms | librosa {librosa} ms |", ""]


def how_measured(cuts):
    lines = ["## How and how long", "Wall time of each evaluation, fits for calibration and further questions to the models included.", "",
             "| cut | models | degraded copies learnt from | calibrated on | wall time |", "|---|---|---|---|---|"]
    for protocol, evaluations in cuts.items():
        for report, e in evaluations:
            names, asked = ", ".join(m["name"] for m in e["models"]), [key for key in (*IN_CONDITIONS, "enrolled") if key in e or key in e["models"][0]]
            how = " or ".join(sorted({m["calibrated_on"] or "nothing" for m in e["models"]}))
            lines.append(f"| {protocol}{' (' + ', '.join(asked) + ')' if asked else ''} | {names} | {report['settings'].get('copies', 0)} | {how} | {e['wall_seconds']:.0f} s |")
    return lines + [""]


def readme(cuts):
    """The paragraph on voices never heard."""
    models = models_of(cuts.get("emobox", []))
    best, old = find(models, *DEFAULT), [uar(m) for m in models if schema(m) == "librosa-110"]
    page = (ROOT / "README.md").read_text()
    begin, end = "<!-- figures: begin (tools/docs/results.py writes this part) -->", "<!-- figures: end -->"
    if best is None or len(old) < 2 or begin not in page:
        return
    words = (f"On actors never heard, models on the 110 features of the original have {number(min(old), 2)} to {number(max(old), 2)} unweighted average recall with eight classes. `voice`, the default,\n"
             f"a vote of `lda` and `kernel_ridge` on 3,728 voice descriptors made for that (`sermo-voice`), has **{with_interval(best['scores'])}** ([how it was chosen](docs/voice-choice.md)); the best\n"
             f"published figure without pretrained networks is {number(PUBLISHED)}. With neutral and calm as one it gets {number(best['scores']['seven_options']['accuracy'])} right; listeners, who had seven options, got {number(LISTENERS)}.")
    (ROOT / "README.md").write_text(page[:page.index(begin) + len(begin)] + "\n" + words + "\n" + page[page.index(end):])


def main():
    reports = [json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:]]
    if not reports:
        sys.exit("no reports")
    data = reports[0]["data"]
    elsewhere = [r for r in reports if any(r["data"][key] != data[key] for key in ("clips", "speakers", "labels"))]
    reports = [r for r in reports if r not in elsewhere]
    schemas = sorted({table["schema_id"] for r in reports for table in r["data"]["tables"]})
    cuts = by_cut(reports)
    cuts = {protocol: cuts[protocol] for protocol in [*(t for t in TITLES if t in cuts), *(c for c in cuts if c not in TITLES)]}
    lines = ["# What the models are worth", "Written by `tools/docs/results.sh`; every figure comes from predictions for clips that the model had not learnt from. "
             f"Data: {data['name']}, {data['clips']} clips, {data['speakers']} speakers, features {' and '.join(schemas)}. Sermo {reports[0]['sermo_version']}, seed "
             f"{reports[0]['settings']['seed']}.", "", *in_short(cuts, data), *overview(cuts), *HOW_TO_READ]
    for protocol, evaluations in cuts.items():
        if "mapping" not in evaluations[0][1]:
            models = models_of(evaluations)
            lines += [f"## {TITLES.get(protocol, protocol)}", cut_line(evaluations[0][1]), "", *score_table(models, protocol), *groups(models[0]), *comparisons(evaluations), ""]
    lines += all_across(cuts, data) + learnt_elsewhere(elsewhere) + in_conditions(cuts) + enrolment(reports) + parity() + speed() + how_measured(cuts)
    PAGE.write_text("\n".join(lines).rstrip() + "\n")
    readme(cuts)


main()
