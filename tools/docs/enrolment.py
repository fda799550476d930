"""Writes docs/enrolment.md's tables from reports that `sermo evaluate --enrolled --out` wrote; tools/docs/enrolment.sh makes them.

    python3 tools/docs/enrolment.py R.json [MORE.json ...]

What stands before the line "## Measured" is written by hand and stays.
"""
import json
import pathlib
import sys

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "enrolment.md"
CLIPS = [1, 2, 3, 5, 10, 20]


def number(value):
    return f"{value:.3f}".replace("0.", ".", 1)


def cell(point):
    if point is None:
        return ""
    low, high = point["gain_interval"]
    return f"{number(point['uar'])}, {point['gain']:+.3f} ({low:+.3f} to {high:+.3f})"


def table(report, evaluation):
    enrolled = evaluation["enrolled"]
    lines = [f"### `{report['data']['schema_id'].split('/')[0]}`", f"{report['data']['clips']} clips of {report['data']['speakers']} speakers, folds "
             f"{evaluation['protocol']}, {enrolled['draws']} draws for each speaker; seed {report['settings']['seed']}.", "",
             "| model | clips of | none | " + " | ".join(f"{k} clip{'s' if k > 1 else ''}" for k in CLIPS) + " |", "|---|---|---|" + "---|" * len(CLIPS)]
    for model in sorted(enrolled["models"], key=lambda m: -m["curves"][0]["points"][-1]["uar"]):
        for curve in model["curves"]:
            points = {p["clips"]: p for p in curve["points"]}
            lines.append(f"| `{model['name']}` | {curve['clips_of']} | {number(curve['points'][0]['uar_unknown'])} | "
                         + " | ".join(cell(points.get(k)) for k in CLIPS) + " |")
    return lines + [""]


def main():
    lines = ["## Measured", "Written by `tools/docs/enrolment.sh`. UAR on actors that were not learnt from, and in brackets the 95 % interval of the gain (speakers drawn, the "
             "same for both). The given clips are never scored, and a row's figures are of the same scored clips, so \"none\" differs a little from row to row and from "
             "docs/results.md. Of one label RAVDESS has eight clips a speaker, of neutral four, and at least one stays to be scored.", ""]
    for path in sys.argv[1:]:
        report = json.loads(pathlib.Path(path).read_text())
        for evaluation in report["evaluations"]:
            if "enrolled" in evaluation:
                lines += table(report, evaluation)
    PAGE.write_text(PAGE.read_text().split("## Measured")[0] + "\n".join(lines).rstrip() + "\n")


main()
