// A few clips of the speaker's own voice, by which answers can be given: each is sent once, and what the service
// makes of it stays in this page's memory only.
import { enrol, type NamedAudio } from '../api/client';
import { asProblem, type ServiceProblem } from '../api/problem';
import type { RequestQueue } from '../api/request_queue';
import { joinVoices, type Voice } from '../api/voice';

export const kMaxVoiceClips = 30;

export interface VoiceClip {
  id: number;
  name: string;
  status: 'pending' | 'used' | 'refused';
  voice: Voice | null; // where it is used
  problem: ServiceProblem | null; // where it is refused
}

let nextId = 1;

export class OwnVoice {
  clips = $state.raw<VoiceClip[]>([]);
  isOn = $state(true);
  /** The clips by which answers are given when it is on: they change once nothing is pending any more. */
  private heard = $state.raw<VoiceClip[]>([]);
  private readonly controllers = new Map<number, AbortController>();

  constructor(
    private readonly queue: RequestQueue,
    private readonly onchange: () => void, // answers may differ from now on
  ) {}

  private readonly ofHeard = $derived(joinVoices(this.heard.flatMap((clip) => (clip.voice === null ? [] : [clip.voice]))));

  /** What goes along with each question; null where nothing is known, or it is turned off. */
  get joined(): Voice | null {
    return this.isOn ? this.ofHeard : null;
  }

  /** Different for every set of clips, empty for none. */
  get key(): string {
    return this.isOn ? this.heard.map((clip) => clip.id).join(',') : '';
  }

  get numUsed(): number {
    return this.clips.filter((clip) => clip.status === 'used').length;
  }

  get room(): number {
    return kMaxVoiceClips - this.clips.filter((clip) => clip.status !== 'refused').length;
  }

  add(audios: NamedAudio[]): void {
    for (const audio of audios.slice(0, this.room)) {
      const clip: VoiceClip = { id: nextId++, name: audio.name, status: 'pending', voice: null, problem: null };
      this.clips = [...this.clips, clip];
      void this.send(clip, audio);
    }
  }

  remove(clip: VoiceClip): void {
    this.controllers.get(clip.id)?.abort();
    this.clips = this.clips.filter((other) => other.id !== clip.id);
    this.settle();
  }

  clear(): void {
    for (const controller of this.controllers.values()) controller.abort();
    this.clips = [];
    this.settle();
  }

  turn(isOn: boolean): void {
    this.isOn = isOn;
    this.onchange();
  }

  private async send(clip: VoiceClip, audio: NamedAudio): Promise<void> {
    const controller = new AbortController();
    this.controllers.set(clip.id, controller);
    const { signal } = controller;
    let changed: VoiceClip;
    try {
      changed = { ...clip, status: 'used', voice: await this.queue.run(() => enrol(audio, signal), signal) };
    } catch (error) {
      changed = { ...clip, status: 'refused', problem: asProblem(error) };
    }
    this.controllers.delete(clip.id);
    this.clips = this.clips.map((other) => (other.id === clip.id ? changed : other));
    this.settle();
  }

  private settle(): void {
    if (this.clips.some((clip) => clip.status === 'pending')) return;
    const before = this.key;
    this.heard = this.clips.filter((clip) => clip.status === 'used');
    if (this.key !== before) this.onchange();
  }
}
