// The picture of a recording: mel bands over time in decibels below the loudest point.
import { Fft } from './fft';
import { hzToMel, melBands } from './mel';

export interface SpectrogramOptions {
  maxColumns: number; // a long recording gets wider steps, so that the work stays bounded
  numBands: number;
  maxHz: number; // highest frequency shown; the models hear up to 11,025 Hz
  rangeDb: number; // what lies further below the loudest point is drawn as nothing
}

export const kSpectrogramDefaults: SpectrogramOptions = { maxColumns: 1200, numBands: 96, maxHz: 11025, rangeDb: 80 };

export interface Spectrogram {
  numColumns: number;
  numBands: number;
  maxHz: number;
  rangeDb: number;
  /** 0 (rangeDb below the loudest) to 255 (the loudest); column by column, lowest band first. */
  levels: Uint8Array<ArrayBuffer>;
}

const kMinHopSamples = 64;
const kFrameS = 0.046; // 1024 samples at 22.05 kHz: harmonics and syllables both stay visible

export function computeSpectrogram(samples: Float32Array, sampleRateHz: number, options: SpectrogramOptions = kSpectrogramDefaults): Spectrogram {
  const { numBands, rangeDb } = options;
  const maxHz = Math.min(options.maxHz, sampleRateHz / 2);
  const fftSize = 2 ** Math.round(Math.log2(kFrameS * sampleRateHz));
  const hop = Math.max(kMinHopSamples, samples.length / options.maxColumns);
  const numColumns = Math.max(1, Math.floor(samples.length / hop));
  const bands = melBands(numBands, fftSize, sampleRateHz, 0, maxHz);
  const fft = new Fft(fftSize);
  const window = Float64Array.from({ length: fftSize }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / fftSize));
  const re = new Float64Array(fftSize);
  const im = new Float64Array(fftSize);
  const power = new Float32Array(numColumns * numBands);

  let peak = 1e-10;
  for (let column = 0; column < numColumns; column += 1) {
    const first = Math.round((column + 0.5) * hop) - fftSize / 2;
    for (let i = 0; i < fftSize; i += 1) re[i] = (samples[first + i] ?? 0) * window[i]!;
    im.fill(0);
    fft.transform(re, im);
    for (let band = 0; band < numBands; band += 1) {
      const { firstBin, weights } = bands[band]!;
      let sum = 0;
      for (let i = 0; i < weights.length; i += 1) {
        const bin = firstBin + i;
        sum += weights[i]! * (re[bin]! * re[bin]! + im[bin]! * im[bin]!);
      }
      power[column * numBands + band] = sum;
      if (sum > peak) peak = sum;
    }
  }

  const levels = new Uint8Array(power.length);
  for (let i = 0; i < power.length; i += 1) {
    const belowPeakDb = 10 * Math.log10(Math.max(power[i]!, 1e-20) / peak);
    levels[i] = Math.max(0, Math.round(255 * (1 + belowPeakDb / rangeDb)));
  }
  return { numColumns, numBands, maxHz, rangeDb, levels };
}

/** Where a frequency lies on the axis: 0 at the bottom, 1 at the top. */
export function frequencyFraction(hz: number, maxHz: number): number {
  return hzToMel(hz) / hzToMel(maxHz);
}
