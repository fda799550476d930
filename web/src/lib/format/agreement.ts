// How far several models agree about one recording.
import type { Answer } from '../api/contract';

export interface Vote {
  label: string;
  count: number;
}

export interface Agreement {
  numModels: number;
  votes: Vote[]; // most votes first, ties in alphabetical order
  /** The chance that two models drawn at random say the same; null for a single model. */
  pairwise: number | null;
}

export function agreement(answers: Answer[]): Agreement {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer.label, (counts.get(answer.label) ?? 0) + 1);
  const votes = [...counts].map(([label, count]) => ({ label, count }));
  votes.sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
  const n = answers.length;
  const numPairs = n * (n - 1);
  const numAgreeing = votes.reduce((sum, vote) => sum + vote.count * (vote.count - 1), 0);
  return { numModels: n, votes, pairwise: numPairs === 0 ? null : numAgreeing / numPairs };
}

/** `All 11 models say angry`, `7 of 11 models say angry`, `Models disagree: 4 of 11 say angry, 4 calm`. */
export function agreementSentence({ numModels, votes }: Agreement): string {
  const [first, second] = votes;
  if (first === undefined) return 'No model could answer';
  if (numModels === 1) return `The only model says ${first.label}`;
  if (first.count === numModels) return `All ${numModels} models say ${first.label}`;
  if (second !== undefined && second.count === first.count)
    return `The models disagree: ${first.count} of ${numModels} say ${first.label}, as many say ${second.label}`;
  return `${first.count} of ${numModels} models say ${first.label}`;
}
