// Reading and writing 16-bit wav files, apart from the page's own code, which is under test.
export interface Wav {
  samples: Float32Array; // first channel
  sampleRateHz: number;
}

export function readWav(bytes: Buffer): Wav | null {
  let sampleRateHz = 0;
  let numChannels = 1;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === 'fmt ') {
      numChannels = bytes.readUInt16LE(at + 10);
      sampleRateHz = bytes.readUInt32LE(at + 12);
    } else if (id === 'data' && sampleRateHz > 0) {
      const data = bytes.subarray(at + 8, at + 8 + size);
      const step = 2 * numChannels;
      return { samples: Float32Array.from({ length: Math.floor(data.length / step) }, (_, i) => data.readInt16LE(i * step) / 32768), sampleRateHz };
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

export function writeWav({ samples, sampleRateHz }: Wav): Buffer {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32767), 44 + i * 2));
  return bytes;
}

export function levelDb(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  return 10 * Math.log10(Math.max(power, 1e-12));
}
