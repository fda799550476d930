// Blocks of samples collected into one recording, up to a limit.
export class PcmRecording {
  private readonly blocks: Float32Array[] = [];
  private numSamples = 0;

  constructor(private readonly maxSamples: number) {}

  get lengthSamples(): number {
    return this.numSamples;
  }

  get isFull(): boolean {
    return this.numSamples >= this.maxSamples;
  }

  append(block: Float32Array): void {
    const kept = block.subarray(0, this.maxSamples - this.numSamples);
    this.blocks.push(kept);
    this.numSamples += kept.length;
  }

  samples(): Float32Array<ArrayBuffer> {
    const all = new Float32Array(this.numSamples);
    let offset = 0;
    for (const block of this.blocks) {
      all.set(block, offset);
      offset += block.length;
    }
    return all;
  }
}
