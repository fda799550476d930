"""Pictures of models as SVG: layers, confusion matrix, curves of a training log."""
from html import escape

INK, FAINT, BLUE, ORANGE = "#222", "#bbb", "#2563a8", "#c2571a"


def svg(width, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="sans-serif" font-size="12"><rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n")


def text(x, y, words, anchor="middle", color=INK, extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}"{extra}>{escape(words)}</text>'


def architecture(layers, inputs):
    """One box a layer, from top to bottom, with the shape that leaves it and its number of weights."""
    body, y = [text(120, 20, inputs)], 28
    for layer in layers:
        fill = "#dbe8f6" if layer["weights"] else "#f3f3f3"
        body.append(f'<line x1="120" y1="{y}" x2="120" y2="{y + 8}" stroke="{INK}"/>')
        body.append(f'<rect x="30" y="{y + 8}" width="180" height="22" rx="4" fill="{fill}" stroke="{INK}"/>')
        body.append(text(120, y + 23, layer["layer"]))
        body.append(text(222, y + 23, "[" + ", ".join(map(str, layer["shape"])) + "]", "start"))
        if layer["weights"]:
            body.append(text(400, y + 23, f'{layer["weights"]:,}', "end"))
        y += 30
    body.insert(0, text(400, 20, "weights", "end"))
    body.insert(0, text(222, 20, "shape", "start"))
    return svg(420, y + 12, body)


def confusion(counts, labels):
    """Rows are what was acted, columns what was answered, in percent of the row."""
    size, left, top = 44, 90, 80
    body = [text(left + size * len(labels) / 2, 14, "answered"), text(12, 64, "acted", "start")]
    for i, label in enumerate(labels):
        x = left + size * (i + 0.5)
        body.append(text(x, top - 8, label, "start", extra=f' transform="rotate(-40 {x:.1f} {top - 8})"'))
        body.append(text(left - 6, top + size * (i + 0.5) + 4, label, "end"))
        total = sum(counts[i])
        for k, count in enumerate(counts[i]):
            part = count / total if total else 0
            body.append(f'<rect x="{left + size * k}" y="{top + size * i}" width="{size}" height="{size}" fill="{BLUE}" '
                        f'fill-opacity="{part:.3f}" stroke="{FAINT}"/>')
            if count:
                body.append(text(left + size * (k + 0.5), top + size * (i + 0.5) + 4, f"{100 * part:.0f}", color="#fff" if part > 0.65 else INK))
    return svg(left + size * len(labels) + 40, top + size * len(labels) + 12, body)


def curves(log):
    """Accuracy by epoch: of the training batches as they were trained on, and of the validation clips."""
    width, height, left, bottom = 520, 260, 44, 34
    num_epochs = log[-1]["epoch"]

    def point(epoch, value):
        return left + (width - left - 12) * (epoch - 1) / max(num_epochs - 1, 1), (height - bottom) - (height - bottom - 24) * value

    body = []
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1.0):
        _, y = point(1, tick)
        body.append(f'<line x1="{left}" y1="{y:.1f}" x2="{width - 12}" y2="{y:.1f}" stroke="{FAINT}" stroke-width="0.5"/>')
        body.append(text(left - 6, y + 4, f"{tick:.1f}", "end"))
    for epoch in sorted({1, *range(10, num_epochs + 1, 10)}):
        body.append(text(point(epoch, 0)[0], height - bottom + 16, str(epoch)))
    body.append(text((left + width) / 2, height - 4, "epoch"))
    for key, color, name, x in (("accuracy", ORANGE, "training batches", left), ("validation_accuracy", BLUE, "validation clips", left + 190)):
        points = " ".join("{:.1f},{:.1f}".format(*point(line["epoch"], line[key])) for line in log)
        body.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>')
        body.append(text(x, 14, "accuracy, " + name if x == left else name, "start", color))
    kept = [line for line in log if line["best"]][-1]
    x, y = point(kept["epoch"], kept["validation_accuracy"])
    body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="none" stroke="{BLUE}" stroke-width="1.5"/>')
    body.append(text(left + 320, 14, "○ kept", "start", BLUE))
    return svg(width, height, body)
