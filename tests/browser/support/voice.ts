// A made-up voice: a train of pulses through the resonances of changing vowels, with a melody and pauses between
// phrases. Enough like speech to look at, to cut and to be answered; the same every time.
import type { Wav } from './wav';

const kRateHz = 22050;
const kVowelsHz: [number, number, number][] = [
  [730, 1090, 2440],
  [530, 1840, 2480],
  [270, 2290, 3010],
  [570, 840, 2410],
  [300, 870, 2240],
];
const kBandwidthsHz = [90, 110, 170];
const kSyllableS = 0.24;
const kPhraseS = 2.1;
const kPauseS = 0.35;

export function syntheticVoice(durationS: number, gain = 0.5): Wav {
  const samples = new Float32Array(Math.round(durationS * kRateHz));
  const state = [0, 0, 0, 0, 0, 0];
  let phase = 0;
  let seed = 1;
  for (let i = 0; i < samples.length; i += 1) {
    const seconds = i / kRateHz;
    const inPhrase = seconds % kPhraseS;
    const isPause = inPhrase > kPhraseS - kPauseS;
    const phrase = Math.floor(seconds / kPhraseS);
    const syllable = Math.floor(seconds / kSyllableS);
    const inSyllable = (seconds % kSyllableS) / kSyllableS;
    const pitchHz = 120 + 60 * (phrase % 3) - 30 * (inPhrase / kPhraseS) + 25 * Math.sin(2 * Math.PI * 1.7 * seconds);
    phase += pitchHz / kRateHz;
    let source = 0;
    if (phase >= 1) {
      phase -= 1;
      source = 1;
    }
    seed = (seed * 1103515245 + 12345) % 2147483648;
    source += (seed / 2147483648 - 0.5) * 0.02;
    if (isPause) source = 0;
    let value = source * Math.sin(Math.PI * Math.min(1, inSyllable * 1.2)) ** 0.5;
    if (Number.isNaN(value)) value = 0;
    const vowel = kVowelsHz[syllable % kVowelsHz.length]!;
    for (let formant = 0; formant < 3; formant += 1) {
      const radius = Math.exp((-Math.PI * kBandwidthsHz[formant]!) / kRateHz);
      const [a, b] = [2 * radius * Math.cos((2 * Math.PI * vowel[formant]!) / kRateHz), -radius * radius];
      const next = value * (1 - radius) * 2 + a * state[formant * 2]! + b * state[formant * 2 + 1]!;
      state[formant * 2 + 1] = state[formant * 2]!;
      state[formant * 2] = next;
      value = next;
    }
    samples[i] = value;
  }
  const peak = samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 1e-9);
  return { samples: samples.map((sample) => (sample * gain) / peak), sampleRateHz: kRateHz };
}
