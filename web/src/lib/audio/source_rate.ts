// The sample rate that a file says it has, read from its first bytes. Browsers decode to a rate that they are
// told and do not say what the file's own was; decoding at the file's own rate keeps a cut-out part exact.

const kMpegRatesHz = [
  [11025, 12000, 8000], // version 2.5
  [],
  [22050, 24000, 16000], // version 2
  [44100, 48000, 32000], // version 1
];

const kLowestHz = 8000; // Web Audio contexts are sure to exist only in this range
const kHighestHz = 96000;

/** Null where the format does not say, or says something out of the range that browsers decode at. */
export function sourceSampleRateHz(bytes: ArrayBuffer): number | null {
  const rate = statedRateHz(new DataView(bytes, 0, Math.min(bytes.byteLength, 65536)));
  return rate !== null && rate >= kLowestHz && rate <= kHighestHz ? rate : null;
}

function statedRateHz(view: DataView): number | null {
  if (hasText(view, 0, 'RIFF') && hasText(view, 8, 'WAVE')) return wavRateHz(view);
  if (hasText(view, 0, 'fLaC') && view.byteLength >= 22) return view.getUint32(18) >>> 12;
  if (hasText(view, 0, 'OggS') && hasText(view, 29, 'vorbis') && view.byteLength >= 44) return view.getUint32(40, true);
  if (hasText(view, 0, 'OggS') && hasText(view, 28, 'OpusHead')) return 48000;
  return mp3RateHz(view);
}

function hasText(view: DataView, offset: number, text: string): boolean {
  if (offset + text.length > view.byteLength) return false;
  for (let i = 0; i < text.length; i += 1) if (view.getUint8(offset + i) !== text.charCodeAt(i)) return false;
  return true;
}

function wavRateHz(view: DataView): number | null {
  for (let offset = 12; offset + 16 <= view.byteLength; ) {
    if (hasText(view, offset, 'fmt ')) return view.getUint32(offset + 12, true);
    const bytes = view.getUint32(offset + 4, true);
    offset += 8 + bytes + (bytes % 2);
  }
  return null;
}

function mp3RateHz(view: DataView): number | null {
  let offset = 0;
  if (hasText(view, 0, 'ID3') && view.byteLength >= 10) {
    const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (view.getUint8(at) & 127), 0);
    offset = 10 + size;
  }
  if (offset + 4 > view.byteLength) return null;
  const header = view.getUint32(offset);
  const isSync = header >>> 21 === 0x7ff;
  const isLayer3 = ((header >>> 17) & 3) === 1;
  if (!isSync || !isLayer3) return null;
  return kMpegRatesHz[(header >>> 19) & 3]?.[(header >>> 10) & 3] ?? null;
}
