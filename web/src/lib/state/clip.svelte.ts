// One recording on the page and everything that is known about it.
import { SvelteMap } from 'svelte/reactivity';
import type { NamedAudio, Timed } from '../api/client';
import type { Answer, Contours, Row, TimeRange } from '../api/contract';
import type { ServiceProblem } from '../api/problem';
import { cutName, cutWav } from '../audio/cut';
import { decodeAudio, type MonoAudio } from '../audio/decode';

export type Outcome<T> = { status: 'pending' } | ({ status: 'done' } & Timed<T>) | { status: 'failed'; problem: ServiceProblem };

export type ClipOrigin = 'file' | 'demo' | 'recording';

/** What the waveform lets others do with the sound. */
export interface Player {
  toggle: () => void;
  seek: (seconds: number) => void;
  playRange: (range: TimeRange) => void;
}

let nextId = 1;

export class Clip {
  readonly id = nextId++;
  readonly name: string;
  readonly blob: Blob;
  readonly origin: ClipOrigin;
  readonly url: string; // of the blob, for the media element; see dispose()

  audio = $state.raw<MonoAudio | null>(null);
  decoding = $state<'not started' | 'running' | 'done' | 'failed'>('not started');

  /** The part marked on the waveform. */
  selection = $state.raw<TimeRange | null>(null);
  /** The part that the shown answer is about; null is the whole recording. */
  scope = $state.raw<TimeRange | null>(null);
  readonly answers = new SvelteMap<string, Outcome<Answer>>();
  readonly comparisons = new SvelteMap<string, Outcome<Row[]>>();
  /** Pitch and level of the whole recording, whatever model answers. */
  contours = $state.raw<Outcome<Contours> | undefined>();

  playheadS = $state(0);
  isPlaying = $state(false);
  player: Player | null = null;

  private controller = new AbortController();
  private readonly life = new AbortController();

  constructor(audio: NamedAudio, origin: ClipOrigin) {
    this.name = audio.name;
    this.blob = audio.blob;
    this.origin = origin;
    this.url = URL.createObjectURL(audio.blob);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Aborted when the recording is removed. */
  get lifeSignal(): AbortSignal {
    return this.life.signal;
  }

  /** Decoded once, when first looked at: many files need not all lie in memory as samples. */
  async decode(): Promise<void> {
    if (this.decoding !== 'not started') return;
    this.decoding = 'running';
    this.audio = await decodeAudio(this.blob);
    this.decoding = this.audio === null ? 'failed' : 'done';
  }

  /** `voiceKey` says by which clips of the voice; see OwnVoice. */
  answerFor(model: string, scope: TimeRange | null = this.scope, voiceKey = ''): Outcome<Answer> | undefined {
    return this.answers.get(answerKey(model, scope, voiceKey));
  }

  comparison(voiceKey = ''): Outcome<Row[]> | undefined {
    return this.comparisons.get(answerKey('all', this.scope, voiceKey));
  }

  nameFor(scope: TimeRange | null): string {
    return scope === null ? this.name : cutName(this.name, scope);
  }

  /** What is sent for a part: the original bytes for the whole, a wav cut out here otherwise. */
  audioFor(scope: TimeRange | null): NamedAudio {
    if (scope === null || this.audio === null) return { blob: this.blob, name: this.name };
    return { blob: cutWav(this.audio, scope), name: this.nameFor(scope) };
  }

  /** Gives up what is under way; answers that are already here stay. */
  cancel(): void {
    this.controller.abort();
    this.controller = new AbortController();
    for (const outcomes of [this.answers, this.comparisons])
      for (const [key, outcome] of outcomes) if (outcome.status === 'pending') outcomes.delete(key);
  }

  dispose(): void {
    this.cancel();
    this.life.abort();
    URL.revokeObjectURL(this.url);
  }
}

export function answerKey(model: string, scope: TimeRange | null, voiceKey: string): string {
  const part = scope === null ? '' : `@${scope.start_s}-${scope.end_s}`;
  return `${model}${part}|${voiceKey}`;
}
