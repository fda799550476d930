// All recordings on the page, the models, and what is asked of the service about them.
import { listModels, predict, predictWithAll, traceVoice, type NamedAudio, type Timed } from '../api/client';
import type { ModelInfo, TimeRange } from '../api/contract';
import { asProblem, ServiceProblem } from '../api/problem';
import { RequestQueue } from '../api/request_queue';
import { answerKey, Clip, type ClipOrigin, type Outcome } from './clip.svelte';
import { OwnVoice } from './voice.svelte';

export class Workspace {
  models = $state.raw<ModelInfo[]>([]);
  modelsProblem = $state.raw<ServiceProblem | null>(null);
  modelName = $state('');
  clips = $state.raw<Clip[]>([]);
  shownId = $state<number | null>(null);

  private readonly queue = new RequestQueue();
  readonly voice = new OwnVoice(this.queue, () => this.askAnew());
  private readonly traceQueue = new RequestQueue({ maxRunning: 1 }); // what is looked at does not wait for many answers

  get model(): ModelInfo | null {
    return this.models.find((model) => model.name === this.modelName) ?? null;
  }

  get shown(): Clip | null {
    return this.clips.find((clip) => clip.id === this.shownId) ?? null;
  }

  async loadModels(): Promise<void> {
    this.modelsProblem = null;
    try {
      this.models = await this.queue.run(listModels, new AbortController().signal);
    } catch (error) {
      this.modelsProblem = asProblem(error);
      return;
    }
    if (this.models.length === 0) this.modelsProblem = new ServiceProblem({ status: 0, code: 'no_models', detail: '', retryAfterS: null });
    // The service's default, whatever the figures say: it was chosen without the clips that they are measured on.
    if (this.model === null) this.modelName = this.models[0]?.name ?? '';
    this.analyseAll();
  }

  add(audios: NamedAudio[], origin: ClipOrigin): void {
    const added = audios.map((audio) => new Clip(audio, origin));
    this.clips = [...this.clips, ...added];
    this.shownId = added[0]?.id ?? this.shownId;
    this.analyseAll();
  }

  remove(clip: Clip): void {
    const index = this.clips.indexOf(clip);
    this.clips = this.clips.filter((other) => other !== clip);
    if (this.shownId === clip.id) this.shownId = (this.clips[index] ?? this.clips.at(-1))?.id ?? null;
    clip.dispose();
  }

  clear(): void {
    for (const clip of this.clips) clip.dispose();
    this.clips = [];
    this.shownId = null;
  }

  useModel(name: string): void {
    if (name === this.modelName) return;
    this.modelName = name;
    this.askAnew();
  }

  /** Turns the shown answer to a part of the recording, or back to the whole with null. */
  analysePart(clip: Clip, scope: TimeRange | null): void {
    clip.scope = scope;
    this.analyse(clip);
  }

  retry(clip: Clip): void {
    clip.answers.delete(answerKey(this.modelName, clip.scope, this.voice.key));
    this.analyse(clip);
  }

  /** Stops what is asked about a recording; its answer can be asked for again. */
  giveUp(clip: Clip): void {
    clip.cancel();
    const key = answerKey(this.modelName, clip.scope, this.voice.key);
    if (clip.answers.has(key)) return; // one that is already here stays
    clip.answers.set(key, { status: 'failed', problem: new ServiceProblem({ status: 0, code: 'cancelled', detail: '', retryAfterS: null }) });
  }

  /** Pitch and level, once a recording. */
  async trace(clip: Clip): Promise<void> {
    if (clip.contours !== undefined && clip.contours.status !== 'failed') return;
    clip.contours = { status: 'pending' };
    clip.contours = await outcomeOf(this.traceQueue, (signal) => traceVoice(clip.audioFor(null), signal), clip.lifeSignal);
  }

  compare(clip: Clip): void {
    const { scope } = clip;
    const { key: voiceKey, joined } = this.voice;
    const key = answerKey('all', scope, voiceKey);
    if (clip.comparisons.get(key)?.status === 'done') return;
    void this.ask(clip, clip.comparisons, key, (signal) => predictWithAll(clip.audioFor(scope), signal, joined));
  }

  /** After another model or voice was chosen: what is under way is of no use any more. */
  private askAnew(): void {
    for (const clip of this.clips) clip.cancel();
    this.analyseAll();
  }

  private analyseAll(): void {
    for (const clip of this.clips) this.analyse(clip);
  }

  private analyse(clip: Clip): void {
    if (this.model === null) return; // asked again once the models are known
    const { scope } = clip;
    const { modelName } = this;
    const { key: voiceKey, joined } = this.voice;
    const key = answerKey(modelName, scope, voiceKey);
    const known = clip.answers.get(key);
    if (known !== undefined && known.status !== 'failed') return;
    void this.ask(clip, clip.answers, key, (signal) => predict(clip.audioFor(scope), modelName, signal, joined));
  }

  private async ask<T>(
    clip: Clip,
    outcomes: Map<string, Outcome<T>>,
    key: string,
    send: (signal: AbortSignal) => Promise<Timed<T>>,
  ): Promise<void> {
    const { signal } = clip;
    outcomes.set(key, { status: 'pending' });
    const outcome = await outcomeOf(this.queue, send, signal);
    if (outcome !== undefined) outcomes.set(key, outcome);
  }
}

/** Undefined where it was given up. */
async function outcomeOf<T>(queue: RequestQueue, send: (signal: AbortSignal) => Promise<Timed<T>>, signal: AbortSignal): Promise<Outcome<T> | undefined> {
  try {
    return { status: 'done', ...(await queue.run(() => send(signal), signal)) };
  } catch (error) {
    return signal.aborted ? undefined : { status: 'failed', problem: asProblem(error) };
  }
}
