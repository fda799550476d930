// 256 colours between a few given ones, evenly spaced.

export type Rgb = [number, number, number];

/** RGBA bytes, 256 entries, from the first stop (nothing) to the last (loudest). */
export function colormap(stops: Rgb[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i += 1) {
    const position = (i / 255) * (stops.length - 1);
    const index = Math.min(Math.floor(position), stops.length - 2);
    const share = position - index;
    const [from, to] = [stops[index]!, stops[index + 1]!];
    for (let c = 0; c < 3; c += 1) table[i * 4 + c] = from[c]! + (to[c]! - from[c]!) * share;
    table[i * 4 + 3] = 255;
  }
  return table;
}

/** `rgb(1, 2, 3)`, `rgb(1 2 3 / 1)` or `color(srgb .1 .2 .3)`, as browsers print computed colours. */
export function parseRgb(css: string): Rgb {
  const numbers = (css.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
  const scale = css.startsWith('color(') ? 255 : 1;
  return [0, 1, 2].map((i) => Math.round((numbers[i] ?? 0) * scale)) as Rgb;
}
