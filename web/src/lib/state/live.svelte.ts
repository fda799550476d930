// Live recognition: the microphone into the stream, the stream's answers into a short history.
import type { NamedAudio } from '../api/client';
import type { StreamAnswer } from '../api/contract';
import { plainWords, type PlainWords } from '../api/problem';
import { openStream, type LiveStream } from '../api/stream';
import type { Voice } from '../api/voice';
import { kFloorDb, levelDb } from '../audio/level';
import { openMicrophone, type Microphone } from '../audio/microphone';
import { microphoneProblem } from '../audio/microphone_problem';
import { toPcm16 } from '../audio/pcm16';
import { PcmRecording } from '../audio/pcm_recording';
import { encodeWav } from '../audio/wav';
import { kMaxRecordingS, recordingName } from './recorder.svelte';

const kHistoryAnswers = 600;

export class LiveSession {
  status = $state<'idle' | 'asking' | 'running'>('idle');
  history = $state.raw<StreamAnswer[]>([]); // oldest first
  levelDb = $state(kFloorDb);
  elapsedS = $state(0);
  problem = $state.raw<PlainWords | null>(null);
  hasRecording = $state(false);

  private microphone: Microphone | null = null;
  private stream: LiveStream | null = null;
  private recording = new PcmRecording(0);
  private recordedRateHz = 0;
  private numSamples = 0;
  private streamStartS = 0; // the stream counts from its own beginning

  get latest(): StreamAnswer | null {
    return this.history.at(-1) ?? null;
  }

  async start(model: string, voice: Voice | null): Promise<void> {
    if (this.status !== 'idle') return;
    this.status = 'asking';
    this.problem = null;
    this.history = [];
    this.elapsedS = 0;
    this.numSamples = 0;
    this.hasRecording = false;
    try {
      this.microphone = await openMicrophone(
        (block) => this.take(block),
        () => this.stop(),
      );
    } catch (error) {
      this.problem = microphoneProblem(error);
      this.status = 'idle';
      return;
    }
    this.recordedRateHz = this.microphone.sampleRateHz;
    this.recording = new PcmRecording(kMaxRecordingS * this.recordedRateHz);
    this.status = 'running';
    this.connect(model, voice);
  }

  /** Goes on with another model or voice, without asking for the microphone again. */
  use(model: string, voice: Voice | null): void {
    if (this.status === 'running') this.connect(model, voice);
  }

  stop(): void {
    this.stream?.close();
    this.stream = null;
    this.microphone?.stop();
    this.microphone = null;
    if (this.status === 'running') this.hasRecording = this.recording.lengthSamples > 0;
    this.status = 'idle';
    this.levelDb = kFloorDb;
  }

  /** What was said so far, as a clip that can be analysed at leisure. */
  takeRecording(): NamedAudio {
    this.hasRecording = false;
    return { blob: encodeWav(this.recording.samples(), this.recordedRateHz), name: recordingName(new Date()) };
  }

  private connect(model: string, voice: Voice | null): void {
    this.stream?.close();
    this.streamStartS = this.elapsedS;
    const offsetS = this.streamStartS;
    this.stream = openStream(model, this.recordedRateHz, voice, {
      onAnswer: (answer) => {
        const shifted = { ...answer, start_s: answer.start_s + offsetS, end_s: answer.end_s + offsetS };
        this.history = [...this.history.slice(1 - kHistoryAnswers), shifted];
      },
      onEnd: (problem) => {
        if (problem === null) return;
        this.problem = plainWords(problem);
        this.stop();
      },
    });
  }

  private take(block: Float32Array): void {
    if (this.microphone === null) return;
    this.recording.append(block);
    this.stream?.send(toPcm16(block));
    this.levelDb = levelDb(block);
    this.numSamples += block.length;
    this.elapsedS = this.numSamples / this.microphone.sampleRateHz;
  }
}
