// Pitch and level as shapes: paths over a box of kBoxWidth by 1 whose origin is its upper left corner.
import type { Contours } from '../api/contract';

export const kBoxWidth = 1000;

/** A scale from bottom (0) to top (1). */
export interface Scale {
  share: (value: number) => number;
  labels: number[];
}

const kLeastOctaves = 2; // a voice that hardly moves shall look like one
const kMarginOctaves = 0.2;
const kLabelsHz = [50, 70, 100, 150, 200, 300, 400, 600];
const kFewLabelsHz = [50, 100, 200, 400];
const kManyOctaves = 2.6; // from here on all labels would run into each other

/** Around this voice, but for its rare extremes. Equal steps are equal musical intervals. */
export function pitchScale({ f0_hz }: Contours): Scale {
  const voiced = f0_hz.filter((hz) => hz !== null);
  if (voiced.length === 0) return { share: () => 0, labels: [] };
  const [low, high] = [Math.log2(quantile(voiced, 0.01)), Math.log2(quantile(voiced, 0.99))];
  const octaves = Math.max(kLeastOctaves, high - low + 2 * kMarginOctaves);
  const lowest = (low + high - octaves) / 2;
  const share = (hz: number): number => (Math.log2(hz) - lowest) / octaves; // what lies outside is not drawn
  const labels = octaves > kManyOctaves ? kFewLabelsHz : kLabelsHz;
  return { share, labels: labels.filter((hz) => share(hz) > 0.05 && share(hz) < 0.95) };
}

const [kQuietestDb, kLoudestDb] = [-70, 0];
export const kLevelScale: Scale = {
  share: (db) => Math.min(1, Math.max(0, (db - kQuietestDb) / (kLoudestDb - kQuietestDb))),
  labels: [-60, -10],
};

/** A stretch of frames as one point; `f0Hz` is null where less than half of them are voiced. */
export interface PlotPoint {
  timeS: number; // its middle
  f0Hz: number | null;
  levelDb: number; // of its loudest frame
}

/** At most `maxPoints`, each of as many frames. */
export function plotPoints(contours: Contours, maxPoints: number): PlotPoint[] {
  const { f0_hz, level_db, start_s, hop_s } = contours;
  const step = Math.max(1, Math.ceil(level_db.length / maxPoints));
  const points: PlotPoint[] = [];
  for (let first = 0; first < level_db.length; first += step) {
    const end = Math.min(first + step, level_db.length);
    const voiced = f0_hz.slice(first, end).filter((hz) => hz !== null);
    points.push({
      timeS: start_s + (hop_s * (first + end - 1)) / 2,
      f0Hz: 2 * voiced.length >= end - first && voiced.length > 0 ? quantile(voiced, 0.5) : null,
      levelDb: level_db.slice(first, end).reduce((a, b) => Math.max(a, b)),
    });
  }
  return points;
}

function place(timeS: number, durationS: number, share: number): string {
  return `${((timeS / durationS) * kBoxWidth).toFixed(2)} ${(1 - share).toFixed(4)}`;
}

// An octave within a hundredth of a second is the tracker's jump, not the voice's.
const kMaxStepOctaves = 0.5;

/** One line for each stretch that is voiced; one of no length, a dot, for a point by itself. */
export function pitchPath(points: PlotPoint[], durationS: number, scale: Scale): string {
  let path = '';
  let before: number | null = null;
  for (const { timeS, f0Hz } of points) {
    if (f0Hz !== null) {
      const at = place(timeS, durationS, scale.share(f0Hz));
      const goesOn = before !== null && Math.abs(Math.log2(f0Hz / before)) <= kMaxStepOctaves;
      path += goesOn ? `L${at}` : `M${at}l0 0`;
    }
    before = f0Hz;
  }
  return path;
}

/** The area under the level. */
export function levelPath(points: PlotPoint[], durationS: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const line = points.map(({ timeS, levelDb }) => `L${place(timeS, durationS, kLevelScale.share(levelDb))}`).join('');
  return `M${place(first.timeS, durationS, 0)}${line}L${place(last.timeS, durationS, 0)}Z`;
}

/** Pitch and level at this moment; null where the contours do not reach. */
export function contoursAt(contours: Contours, seconds: number): { f0Hz: number | null; levelDb: number } | null {
  const index = Math.round((seconds - contours.start_s) / contours.hop_s);
  const levelDb = contours.level_db[index];
  return levelDb === undefined ? null : { f0Hz: contours.f0_hz[index] ?? null, levelDb };
}

export function pitchText(hz: number | null): string {
  return hz === null ? '–' : `${Math.round(hz)} Hz`;
}

/** With a minus sign that is as wide as a digit. */
export function signed(value: number): string {
  return String(value).replace('-', '−');
}

export function levelText(db: number): string {
  return `${signed(Math.round(db))} dB`;
}

/** What the plot shows, for those who do not see it. */
export function plotSummary({ f0_hz, level_db }: Contours): string {
  const voiced = f0_hz.filter((hz) => hz !== null);
  const loudest = Math.round(level_db.reduce((a, b) => Math.max(a, b), -Infinity));
  const level = `The level reaches ${loudest} decibels.`;
  if (voiced.length === 0) return `Pitch and level over time. Nothing is voiced, so there is no pitch. ${level}`;
  const [low, middle, high] = [0.05, 0.5, 0.95].map((share) => Math.round(quantile(voiced, share)));
  const percent = Math.round((100 * voiced.length) / f0_hz.length);
  return `Pitch and level over time. Pitch from ${low} to ${high} hertz, around ${middle}; voiced ${percent} percent of the time. ${level}`;
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))]!;
}
