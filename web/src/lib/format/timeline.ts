// Overlapping windows as a strip without overlaps: each window speaks for the time around its middle.
import type { Segment, TimeRange } from '../api/contract';

export interface TimelineCell extends TimeRange {
  segment: Segment;
}

/** Neighbouring cells with the same label, drawn as one. */
export interface TimelineRun extends TimeRange {
  label: string | null;
  cells: TimelineCell[];
}

export function timelineCells(segments: Segment[], durationS: number): TimelineCell[] {
  const middles = segments.map((segment) => (segment.start_s + segment.end_s) / 2);
  return segments.map((segment, index) => ({
    segment,
    start_s: index === 0 ? 0 : (middles[index - 1]! + middles[index]!) / 2,
    end_s: index === segments.length - 1 ? durationS : (middles[index]! + middles[index + 1]!) / 2,
  }));
}

export function timelineRuns(cells: TimelineCell[]): TimelineRun[] {
  const runs: TimelineRun[] = [];
  for (const cell of cells) {
    const last = runs.at(-1);
    if (last !== undefined && last.label === cell.segment.label) {
      last.cells.push(cell);
      last.end_s = cell.end_s;
    } else {
      runs.push({ label: cell.segment.label, start_s: cell.start_s, end_s: cell.end_s, cells: [cell] });
    }
  }
  return runs;
}

/** The cell that holds this moment. */
export function cellAt(cells: TimelineCell[], seconds: number): TimelineCell | null {
  return cells.find((cell) => seconds < cell.end_s) ?? cells.at(-1) ?? null;
}
