import { describe, expect, test } from 'vitest';
import { clampRange, cutName, cutWav } from './cut';
import { mixToMono } from './decode';
import { toPcm16 } from './pcm16';
import { sourceSampleRateHz } from './source_rate';
import { encodeWav } from './wav';

async function bytesOf(blob: Blob): Promise<DataView> {
  return new DataView(
    await new Promise<ArrayBuffer>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result as ArrayBuffer);
      reader.readAsArrayBuffer(blob);
    }),
  );
}

describe('encodeWav', () => {
  test('writes the 44 bytes that every reader expects', async () => {
    const view = await bytesOf(encodeWav(new Float32Array([0, 0.5, -1]), 16000));
    const text = (at: number): string => String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
    expect([text(0), text(8), text(12), text(36)]).toEqual(['RIFF', 'WAVE', 'fmt ', 'data']);
    expect(view.byteLength).toBe(44 + 6);
    expect(view.getUint32(4, true)).toBe(view.byteLength - 8);
    expect(view.getUint16(20, true)).toBe(1); // integer PCM
    expect(view.getUint16(22, true)).toBe(1); // mono
    expect(view.getUint32(24, true)).toBe(16000);
    expect(view.getUint32(28, true)).toBe(32000);
    expect(view.getUint32(40, true)).toBe(6);
    expect([44, 46, 48].map((at) => view.getInt16(at, true))).toEqual([0, 16384, -32768]);
  });
});

describe('toPcm16', () => {
  test('rounds and clips', () => {
    expect([...toPcm16(new Float32Array([1, 2, -2, 0.4 / 32768, 0.6 / 32768]))]).toEqual([32767, 32767, -32768, 0, 1]);
  });
});

describe('cutting', () => {
  const audio = { samples: Float32Array.from({ length: 100 }, (_, i) => i / 128), sampleRateHz: 10, durationS: 10 };

  test('takes the samples between the two moments', async () => {
    const view = await bytesOf(cutWav(audio, { start_s: 2, end_s: 2.5 }));
    expect(view.byteLength).toBe(44 + 2 * 5);
    expect(view.getInt16(44, true)).toBe((20 / 128) * 32768);
  });

  test('never reads past the end', async () => {
    expect((await bytesOf(cutWav(audio, { start_s: 9.5, end_s: 99 }))).byteLength).toBe(44 + 2 * 5);
  });

  test('a range is kept inside and long enough', () => {
    expect(clampRange({ start_s: -1, end_s: 99 }, 4)).toEqual({ start_s: 0, end_s: 4 });
    expect(clampRange({ start_s: 3, end_s: 1 }, 4)).toEqual({ start_s: 3, end_s: 3.2 });
    expect(clampRange({ start_s: 3.9, end_s: 3.95 }, 4)).toEqual({ start_s: 3.8, end_s: 4 });
    expect(clampRange({ start_s: 0.05, end_s: 0.06 }, 0.1)).toEqual({ start_s: 0, end_s: 0.1 });
  });

  test('the name says which part it is', () => {
    expect(cutName('a.b.mp3', { start_s: 1.2, end_s: 2.846 })).toBe('a.b_1.20-2.85s.wav');
  });
});

describe('mixToMono', () => {
  test('is the mean of the channels', () => {
    const channels = [new Float32Array([1, 0]), new Float32Array([0, -1])];
    const mono = mixToMono({ numberOfChannels: 2, length: 2, getChannelData: (i) => channels[i] as Float32Array<ArrayBuffer> });
    expect([...mono]).toEqual([0.5, -0.5]);
  });
});

describe('sourceSampleRateHz', () => {
  const bytes = (...parts: (string | number[])[]): ArrayBuffer =>
    Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part))).buffer;

  test('wav, also with a chunk before the format', async () => {
    expect(sourceSampleRateHz((await bytesOf(encodeWav(new Float32Array(4), 24414))).buffer as ArrayBuffer)).toBe(24414);
    const junk = bytes('RIFF', [0, 0, 0, 0], 'WAVE', 'JUNK', [3, 0, 0, 0, 9, 9, 9, 0], 'fmt ', [16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0xbb, 0, 0]);
    expect(sourceSampleRateHz(junk)).toBe(48000);
  });

  test('flac, vorbis, opus and mp3', () => {
    // 44,100 Hz as the 20 bits at byte 18 of a flac stream.
    expect(sourceSampleRateHz(bytes('fLaC', [0, 0, 0, 34], Array(10).fill(0), [0x0a, 0xc4, 0x40, 0xf0]))).toBe(44100);
    expect(sourceSampleRateHz(bytes('OggS', Array(24).fill(0), [1], 'vorbis', [0, 0, 0, 0, 1], [0x22, 0x56, 0, 0], [0, 0, 0]))).toBe(22050);
    expect(sourceSampleRateHz(bytes('OggS', Array(24).fill(0), 'OpusHead', [1, 1, 0, 0]))).toBe(48000);
    expect(sourceSampleRateHz(bytes([0xff, 0xf3, 0x48, 0xc4]))).toBe(16000); // version 2, layer III, third rate
    expect(sourceSampleRateHz(bytes('ID3', [4, 0, 0, 0, 0, 0, 2], [7, 7], [0xff, 0xfb, 0x90, 0x00]))).toBe(44100);
  });

  test('null for what is unknown, cut short, or out of range', () => {
    expect(sourceSampleRateHz(bytes('hello, this is text'))).toBeNull();
    expect(sourceSampleRateHz(new ArrayBuffer(0))).toBeNull();
    expect(sourceSampleRateHz(bytes('RIFF', [0, 0, 0, 0], 'WAVE'))).toBeNull();
    expect(sourceSampleRateHz(bytes('RIFF', [0, 0, 0, 0], 'WAVE', 'fmt ', [16, 0, 0, 0, 1, 0, 1, 0, 0x00, 0xee, 2, 0]))).toBeNull(); // 192 kHz
  });
});
