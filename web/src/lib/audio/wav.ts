// Mono samples as a 16-bit PCM wav file.
import { toPcm16 } from './pcm16';

const kHeaderBytes = 44;

export function encodeWav(samples: Float32Array, sampleRateHz: number): Blob {
  const pcm = toPcm16(samples);
  const header = new DataView(new ArrayBuffer(kHeaderBytes));
  const text = (offset: number, value: string): void => {
    for (let i = 0; i < value.length; i += 1) header.setUint8(offset + i, value.charCodeAt(i));
  };
  text(0, 'RIFF');
  header.setUint32(4, kHeaderBytes - 8 + pcm.byteLength, true);
  text(8, 'WAVEfmt ');
  header.setUint32(16, 16, true); // bytes of the format chunk
  header.setUint16(20, 1, true); // integer PCM
  header.setUint16(22, 1, true); // channels
  header.setUint32(24, sampleRateHz, true);
  header.setUint32(28, sampleRateHz * 2, true); // bytes a second
  header.setUint16(32, 2, true); // bytes a frame
  header.setUint16(34, 16, true); // bits a sample
  text(36, 'data');
  header.setUint32(40, pcm.byteLength, true);
  return new Blob([header, littleEndian(pcm)], { type: 'audio/wav' });
}

// A wav is little-endian whatever the machine is.
function littleEndian(pcm: Int16Array<ArrayBuffer>): ArrayBufferView<ArrayBuffer> {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return pcm;
  const view = new DataView(new ArrayBuffer(pcm.byteLength));
  pcm.forEach((value, index) => view.setInt16(index * 2, value, true));
  return view;
}
