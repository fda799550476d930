// The mel scale of Slaney's Auditory Toolbox (librosa's default): linear below 1 kHz, logarithmic above.

const kHzPerMel = 200 / 3;
const kBreakHz = 1000;
const kBreakMel = kBreakHz / kHzPerMel;
const kLogStep = Math.log(6.4) / 27;

export function hzToMel(hz: number): number {
  return hz < kBreakHz ? hz / kHzPerMel : kBreakMel + Math.log(hz / kBreakHz) / kLogStep;
}

export function melToHz(mel: number): number {
  return mel < kBreakMel ? mel * kHzPerMel : kBreakHz * Math.exp(kLogStep * (mel - kBreakMel));
}

/** One triangular band: weights for the bins from `firstBin` on, scaled to unit area. */
export interface MelBand {
  firstBin: number;
  weights: Float64Array;
}

export function melBands(numBands: number, fftSize: number, sampleRateHz: number, minHz: number, maxHz: number): MelBand[] {
  const minMel = hzToMel(minHz);
  const stepMel = (hzToMel(maxHz) - minMel) / (numBands + 1);
  const binHz = sampleRateHz / fftSize;
  return Array.from({ length: numBands }, (_, band) => {
    const [low, centre, high] = [0, 1, 2].map((i) => melToHz(minMel + (band + i) * stepMel)) as [number, number, number];
    const firstBin = Math.ceil(low / binHz);
    const lastBin = Math.min(Math.floor(high / binHz), fftSize / 2);
    const weights = Float64Array.from({ length: Math.max(0, lastBin - firstBin + 1) }, (_, i) => {
      const hz = (firstBin + i) * binHz;
      const rise = (hz - low) / (centre - low);
      const fall = (high - hz) / (high - centre);
      return (Math.max(0, Math.min(rise, fall)) * 2) / (high - low);
    });
    return { firstBin, weights };
  });
}
