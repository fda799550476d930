// How loud a block is.

export const kFloorDb = -60; // quieter than this is drawn as nothing

/** Root mean square relative to full scale; never below kFloorDb. */
export function levelDb(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  return Math.max(kFloorDb, 20 * Math.log10(Math.max(rms, 1e-9)));
}

/** 0 at kFloorDb, 1 at full scale. */
export function levelFraction(db: number): number {
  return Math.min(1, Math.max(0, 1 - db / kFloorDb));
}
