import { describe, expect, test } from 'vitest';
import { colormap, parseRgb } from './colormap';
import { Fft } from './fft';
import { hzToMel, melBands, melToHz } from './mel';
import { computeSpectrogram, frequencyFraction, kSpectrogramDefaults } from './spectrogram';

describe('Fft', () => {
  test('equals the sum that defines it', () => {
    const n = 16;
    const re = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i));
    const im = Float64Array.from({ length: n }, (_, i) => Math.cos(3 * i));
    const expected = Array.from({ length: n }, (_, k) => {
      let sumRe = 0;
      let sumIm = 0;
      for (let i = 0; i < n; i += 1) {
        const angle = (-2 * Math.PI * i * k) / n;
        sumRe += re[i]! * Math.cos(angle) - im[i]! * Math.sin(angle);
        sumIm += re[i]! * Math.sin(angle) + im[i]! * Math.cos(angle);
      }
      return [sumRe, sumIm] as const;
    });
    new Fft(n).transform(re, im);
    expected.forEach(([sumRe, sumIm], k) => {
      expect(re[k]).toBeCloseTo(sumRe, 10);
      expect(im[k]).toBeCloseTo(sumIm, 10);
    });
  });

  test('refuses sizes that are not powers of two', () => {
    expect(() => new Fft(12)).toThrow('power of two');
  });
});

describe('mel', () => {
  // librosa.hz_to_mel([60, 1000, 8000]) = [0.9, 15, 45.24...]
  test('is the scale of the Auditory Toolbox', () => {
    expect(hzToMel(60)).toBeCloseTo(0.9, 10);
    expect(hzToMel(1000)).toBeCloseTo(15, 10);
    expect(hzToMel(6400)).toBeCloseTo(42, 10);
    for (const hz of [0, 440, 999, 1001, 11025]) expect(melToHz(hzToMel(hz))).toBeCloseTo(hz, 6);
  });

  test('bands cover the range and have unit area', () => {
    const bands = melBands(20, 4096, 22050, 0, 11025);
    for (const { weights } of bands) {
      const area = weights.reduce((sum, weight) => sum + weight, 0) * (22050 / 4096);
      expect(area).toBeGreaterThan(0.93);
      expect(area).toBeLessThan(1.07);
    }
  });
});

describe('computeSpectrogram', () => {
  const rate = 16000;
  const tone = (hz: number): Float32Array => Float32Array.from({ length: rate }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));

  test('a tone is brightest in its band, all along', () => {
    const { levels, numColumns, numBands, maxHz } = computeSpectrogram(tone(1000), rate);
    for (const column of [5, Math.floor(numColumns / 2), numColumns - 6]) {
      const bands = [...levels.subarray(column * numBands, (column + 1) * numBands)];
      const brightest = bands.indexOf(Math.max(...bands));
      expect(Math.abs((brightest + 1) / (numBands + 1) - frequencyFraction(1000, maxHz))).toBeLessThan(1.5 / numBands);
    }
    expect(Math.max(...levels)).toBe(255);
  });

  test('half the amplitude is 6 dB less', () => {
    const samples = tone(1000);
    for (let i = rate / 2; i < rate; i += 1) samples[i]! /= 2;
    const { levels, numColumns, numBands, rangeDb } = computeSpectrogram(samples, rate);
    const peak = (column: number): number => Math.max(...levels.subarray(column * numBands, (column + 1) * numBands));
    const stepDb = rangeDb / 255;
    expect(Math.abs((peak(10) - peak(numColumns - 10)) * stepDb - 6.02)).toBeLessThan(2 * stepDb);
  });

  test('the work is bounded for long recordings; nothing and silence are pictures too', () => {
    expect(computeSpectrogram(new Float32Array(rate * 60), rate).numColumns).toBe(kSpectrogramDefaults.maxColumns);
    expect(computeSpectrogram(new Float32Array(0), rate).numColumns).toBe(1);
    expect(Math.max(...computeSpectrogram(new Float32Array(rate), rate).levels)).toBe(0);
  });

  test('nothing above half the rate is claimed', () => {
    expect(computeSpectrogram(tone(100), 8000).maxHz).toBe(4000);
  });
});

describe('colormap', () => {
  test('runs through its stops', () => {
    const table = colormap([[0, 0, 0], [100, 200, 40], [255, 255, 255]]);
    expect([...table.subarray(0, 4)]).toEqual([0, 0, 0, 255]);
    expect([...table.subarray(255 * 4)]).toEqual([255, 255, 255, 255]);
    expect(table[127 * 4 + 1]).toBeCloseTo(199, -1);
  });

  test('reads colours as browsers print them', () => {
    expect(parseRgb('rgb(1, 2, 3)')).toEqual([1, 2, 3]);
    expect(parseRgb('color(srgb 1 0.5 0)')).toEqual([255, 128, 0]);
  });
});
