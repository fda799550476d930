// Probabilities in words and numbers.
import type { Answer } from '../api/contract';

/** Calibrated, so 0.7 means right in about seven of ten such answers. */
export function confidenceWords(answer: Pick<Answer, 'confidence' | 'uncertain'>): string {
  if (answer.uncertain) return 'Uncertain';
  if (answer.confidence >= 0.9) return 'Very confident';
  if (answer.confidence >= 0.7) return 'Confident';
  if (answer.confidence >= 0.5) return 'Fairly confident';
  return 'Not very confident';
}

/** What such a confidence is worth, in a sentence. */
export function confidenceMeaning(answer: Pick<Answer, 'confidence' | 'uncertain'>): string {
  if (answer.uncertain) return 'Below the level at which this model is usually right: take it as a guess.';
  const inTen = Math.min(9, Math.max(1, Math.round(answer.confidence * 10)));
  return `On recordings like those it learned from, about ${inTen} in 10 such answers are right.`;
}

/** By what an answer was given, where the voice was known: 'with 5 clips of your voice'. */
export function voiceWords(numClips: number): string {
  return `with ${numClips} ${numClips === 1 ? 'clip' : 'clips'} of your voice`;
}

/** Whole per cents; what is neither none nor all is never shown as 0 or 100. */
export function percent(fraction: number): string {
  if (fraction > 0 && fraction < 0.005) return '<1%';
  if (fraction < 1 && fraction >= 0.995) return '>99%';
  return `${Math.round(fraction * 100)}%`;
}
