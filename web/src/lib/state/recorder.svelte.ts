// Recording a clip from the microphone.
import type { NamedAudio } from '../api/client';
import type { PlainWords } from '../api/problem';
import { kFloorDb, levelDb } from '../audio/level';
import { openMicrophone, type Microphone } from '../audio/microphone';
import { microphoneProblem } from '../audio/microphone_problem';
import { PcmRecording } from '../audio/pcm_recording';
import { encodeWav } from '../audio/wav';

export const kMaxRecordingS = 600; // as much as the service takes by default

export class Recorder {
  status = $state<'idle' | 'asking' | 'recording'>('idle');
  elapsedS = $state(0);
  levelDb = $state(kFloorDb);
  problem = $state.raw<PlainWords | null>(null);

  private microphone: Microphone | null = null;
  private recording = new PcmRecording(0);

  constructor(private readonly onRecorded: (audio: NamedAudio) => void) {}

  async start(): Promise<void> {
    if (this.status !== 'idle') return;
    this.status = 'asking';
    this.problem = null;
    this.elapsedS = 0;
    this.recording = new PcmRecording(Infinity);
    try {
      this.microphone = await openMicrophone(
        (block) => this.take(block),
        () => this.stop(),
      );
      this.status = 'recording';
    } catch (error) {
      this.problem = microphoneProblem(error);
      this.status = 'idle';
    }
  }

  stop(): void {
    const { microphone } = this;
    if (microphone === null) return;
    this.microphone = null;
    microphone.stop();
    this.status = 'idle';
    this.levelDb = kFloorDb;
    if (this.recording.lengthSamples > 0)
      this.onRecorded({ blob: encodeWav(this.recording.samples(), microphone.sampleRateHz), name: recordingName(new Date()) });
  }

  private take(block: Float32Array): void {
    this.recording.append(block);
    this.levelDb = levelDb(block);
    if (this.microphone === null) return;
    this.elapsedS = this.recording.lengthSamples / this.microphone.sampleRateHz;
    if (this.elapsedS >= kMaxRecordingS) this.stop();
  }
}

/** `recording_2025-03-01_14-05-09.wav`, in local time. */
export function recordingName(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-');
  return `recording_${day}_${time}.wav`;
}
