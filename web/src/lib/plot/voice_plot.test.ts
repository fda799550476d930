import { describe, expect, test } from 'vitest';
import type { Contours } from '../api/contract';
import { contoursAt, kLevelScale, levelPath, levelText, pitchPath, pitchScale, pitchText, plotPoints, plotSummary } from './voice_plot';

function contours(f0_hz: (number | null)[], level_db: number[] = f0_hz.map(() => -20)): Contours {
  return { path: '-', duration_s: f0_hz.length / 100, start_s: 0, hop_s: 0.01, f0_hz, level_db };
}

describe('scales', () => {
  test('octaves are equally high, around the voice, and rare extremes lie outside', () => {
    const { share } = pitchScale(contours([10, ...Array<number>(100).fill(100), ...Array<number>(100).fill(200), 5000]));
    expect(share(200) - share(100)).toBeCloseTo(0.5, 9); // two octaves in all
    expect(share(100)).toBeCloseTo(1 - share(200), 9);
    expect(share(10)).toBeLessThan(0);
    expect(share(5000)).toBeGreaterThan(1);
  });

  test('labels stay apart and inside', () => {
    for (const [low, high] of [[70, 70], [100, 220], [180, 500], [65, 600]] as const) {
      const { share, labels } = pitchScale(contours([...Array<number>(50).fill(low), ...Array<number>(50).fill(high)]));
      const places = labels.map(share);
      expect(labels.length).toBeGreaterThanOrEqual(2);
      expect(Math.max(...places)).toBeLessThan(0.96);
      for (let i = 1; i < places.length; i += 1) expect(places[i]! - places[i - 1]!).toBeGreaterThan(0.13);
    }
    expect(pitchScale(contours([null])).labels).toEqual([]);
  });

  test('the level goes from 70 dB below full scale up to it', () => {
    expect([-120, -70, -35, 0, 3].map(kLevelScale.share)).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe('plotPoints', () => {
  test('few frames are taken as they are', () => {
    expect(plotPoints(contours([null, 100, 110], [-50, -20, -10]), 10)).toEqual([
      { timeS: 0, f0Hz: null, levelDb: -50 },
      { timeS: 0.01, f0Hz: 100, levelDb: -20 },
      { timeS: 0.02, f0Hz: 110, levelDb: -10 },
    ]);
  });

  test('many come together: the middle pitch where half is voiced, the loudest level', () => {
    const points = plotPoints(contours([100, 300, 110, null, null, 480, 500, null, 90], [-9, -8, -7, -50, -60, -55, -30, -20, -40]), 3);
    expect(points.map(({ f0Hz }) => f0Hz)).toEqual([110, null, 500]);
    expect(points.map(({ levelDb }) => levelDb)).toEqual([-7, -50, -20]);
    expect(points.map(({ timeS }) => timeS)).toEqual([0.01, 0.04, 0.07].map((s) => expect.closeTo(s, 9)));
  });

  test('ten minutes give no more points than a screen has', () => {
    const long = contours(Array.from({ length: 60_000 }, (_, i) => (i % 3 === 0 ? null : 150)));
    expect(plotPoints(long, 1200).length).toBeLessThanOrEqual(1200);
    expect(plotPoints(long, 1200).every(({ f0Hz }) => f0Hz === 150)).toBe(true);
  });
});

describe('paths', () => {
  const kHalf = { share: () => 0.25, labels: [] };
  const commands = (path: string): string => path.replace(/[^A-Za-z]/g, '');

  test('a line ends where the voice does, and where the pitch jumps', () => {
    const path = pitchPath(plotPoints(contours([100, 102, null, 104, null, 106, 212]), 100), 0.07, kHalf);
    expect(commands(path)).toBe('MlLMlMlMl');
  });

  test('places are shares of the duration and of the scale', () => {
    const [x, y] = /^M(\S+) (\S+)l0 0$/.exec(pitchPath([{ timeS: 1, f0Hz: 200, levelDb: 0 }], 4, kHalf))!.slice(1).map(Number);
    expect([x, y]).toEqual([250, 0.75]);
  });

  test('the level is an area that stands on the floor', () => {
    expect(levelPath([{ timeS: 0, f0Hz: null, levelDb: -35 }, { timeS: 1, f0Hz: null, levelDb: 0 }], 2)).toBe(
      'M0.00 1.0000L0.00 0.5000L500.00 0.0000L500.00 1.0000Z',
    );
    expect(levelPath([], 1)).toBe('');
  });
});

describe('in words', () => {
  test('what is at the playhead', () => {
    const some = contours([null, 181.6], [-50.2, -20.5]);
    expect(contoursAt(some, 0.012)).toEqual({ f0Hz: 181.6, levelDb: -20.5 });
    expect(contoursAt(some, 0)).toEqual({ f0Hz: null, levelDb: -50.2 });
    expect(contoursAt(some, 1)).toBeNull();
    expect([pitchText(181.6), pitchText(null), levelText(-20.6), levelText(0)]).toEqual(['182 Hz', '–', '−21 dB', '0 dB']);
  });

  test('the summary has range, middle and share; without a voice it says so', () => {
    const voiced = contours([null, 100, 150, 200, null], [-60, -20, -12.3, -30, -70]);
    expect(plotSummary(voiced)).toBe(
      'Pitch and level over time. Pitch from 100 to 200 hertz, around 150; voiced 60 percent of the time. The level reaches -12 decibels.',
    );
    expect(plotSummary(contours([null, null]))).toContain('there is no pitch');
  });
});
