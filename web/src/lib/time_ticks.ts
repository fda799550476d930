// Where the labels of a time axis stand.

const kStepsS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300];

/** Multiples of a round step from 0 to the end, about `wanted` of them. */
export function timeTicks(durationS: number, wanted: number): number[] {
  const stepS = kStepsS.find((step) => durationS / step <= wanted) ?? kStepsS.at(-1)!;
  const count = Math.floor(durationS / stepS + 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => i * stepS);
}

export function tickLabel(seconds: number): string {
  if (seconds >= 60) return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;
  return String(Number(seconds.toFixed(2)));
}
