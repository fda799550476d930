// A part of a recording as a wav file of its own.
import type { TimeRange } from '../api/contract';
import type { MonoAudio } from './decode';
import { encodeWav } from './wav';

/** The service needs 0.186 s; a little more gives a part that can be seen and grabbed. */
export const kMinSelectionS = 0.2;

export function cutWav(audio: MonoAudio, range: TimeRange): Blob {
  const first = Math.max(0, Math.round(range.start_s * audio.sampleRateHz));
  const last = Math.min(audio.samples.length, Math.round(range.end_s * audio.sampleRateHz));
  return encodeWav(audio.samples.subarray(first, Math.max(first, last)), audio.sampleRateHz);
}

/** The range made to lie within the recording and to be long enough, moving its end before its start. */
export function clampRange(range: TimeRange, durationS: number): TimeRange {
  const minS = Math.min(kMinSelectionS, durationS);
  const start_s = Math.min(Math.max(0, range.start_s), durationS - minS);
  const end_s = Math.min(Math.max(range.end_s, start_s + minS), durationS);
  return { start_s, end_s };
}

/** `speech.mp3` and 1.2 to 2.85 s give `speech_1.20-2.85s.wav`. */
export function cutName(name: string, range: TimeRange): string {
  const stem = name.replace(/\.[^.]*$/, '');
  return `${stem}_${range.start_s.toFixed(2)}-${range.end_s.toFixed(2)}s.wav`;
}
