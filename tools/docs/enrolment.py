"""Writes docs/enrolment.md's tables from reports that `sermo evaluate --enrolled --out` wrote; tools/docs/results.sh makes them.

    python3 tools/docs/enrolment.py R.json [MORE.json ...]

What stands before the line "## Measured" is written by hand and stays.
"""
import json
import pathlib
import sys

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "enrolment.md"
CLIPS = [1, 2, 3, 5, 10, 20]
SHOWN = {"sermo-voice": ("voice", "lda", "kernel_ridge"), "librosa-110": ("lda", "kernel_ridge", "svm")}


def number(value, digits=3):
    return "" if value is None else f"{value:.{digits}f}".replace("0.", ".", 1)


def cell(point):
    if point is None:
        return ""
    low, high = point["gain_interval"]
    words = f"{number(point['uar'])}, {point['gain']:+.3f} ({low:+.3f} to {high:+.3f})"
    return f"**{words}**" if low > 0 else words


def schema(model):
    return model["schema_id"].split("/")[0]


def enrolled_models(reports):
    """Those shown, as {schema: [model]}, and the report and evaluation that each schema's are of."""
    models, of = {}, {}
    for report in reports:
        for evaluation in report["evaluations"]:
            for model in evaluation.get("enrolled", {}).get("models", ()):
                if model["name"] in SHOWN.get(schema(model), ()):
                    models.setdefault(schema(model), {})[model["name"]] = model
                    of[schema(model)] = report, evaluation
    return {name: [models[name][m] for m in shown if m in models[name]] for name, shown in SHOWN.items() if name in models}, of


def table(models, kinds=("every label", "one label", "neutral")):
    lines = ["| model | clips of | none | " + " | ".join(f"{k} clip{'s' if k > 1 else ''}" for k in CLIPS) + " |", "|---|---|---|" + "---|" * len(CLIPS)]
    for model in models:
        for curve in model["curves"]:
            if curve["clips_of"] in kinds:
                points = {p["clips"]: p for p in curve["points"]}
                lines.append(f"| `{model['name']}` | {curve['clips_of']} | {number(curve['points'][0]['uar_unknown'])} | " + " | ".join(cell(points.get(k)) for k in CLIPS) + " |")
    return lines


def helps(models):
    """From how many clips of every label on the gain's interval stays above zero."""
    lines = []
    for model in models:
        for curve in model["curves"]:
            points = curve["points"]
            first = next((i for i in range(len(points)) if all(p["gain_interval"][0] > 0 for p in points[i:])), None)
            if curve["clips_of"] == "every label":
                lines.append(f"`{model['name']}` " + ("at no number" if first is None else f"from {points[first]['clips']} on"))
    return "The interval of the gain, clips of every label, stays above zero: " + ", ".join(lines) + ". Elsewhere, and with one clip, `sermo predict --enroll` warns."


def main():
    reports = [json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:]]
    models, of = enrolled_models(reports)
    if not models:
        print("no report says what enrolment adds (sermo evaluate --enrolled): docs/enrolment.md stays as it is", file=sys.stderr)
        return
    lines = ["## Measured", "Written by `tools/docs/results.sh`, with the tables that ship, degraded copies learnt from included. UAR on actors that were not learnt from, its gain, "
             "and in brackets the 95 % interval of the gain (speakers drawn, the same for both); bold where it stays above zero. The given clips are never scored, and a row's "
             "figures are of the same scored clips, so \"none\" differs a little from row to row and from docs/results.md. Of one label RAVDESS has eight clips a speaker, of "
             "neutral four, and at least one stays to be scored.", ""]
    for name, shown in models.items():
        report, evaluation = of[name]
        lines += [f"### `{name}`", f"{report['data']['clips']} clips of {report['data']['speakers']} speakers, {report['settings']['copies']} degraded copies, folds "
                  f"{evaluation['protocol']}, {evaluation['enrolled']['draws']} draws for each speaker; seed {report['settings']['seed']}. {helps(shown)}", "", *table(shown), ""]
    PAGE.write_text(PAGE.read_text().split("## Measured")[0] + "\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
