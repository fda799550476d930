import { expect, test } from 'vitest';
import { tickLabel, timeTicks } from '../time_ticks';
import { recordingName } from '../state/recorder.svelte';
import { kFloorDb, levelDb, levelFraction } from './level';
import { microphoneProblem } from './microphone_problem';
import { PcmRecording } from './pcm_recording';

test('blocks become one recording, up to the limit', () => {
  const recording = new PcmRecording(5);
  recording.append(new Float32Array([1, 2, 3]));
  expect(recording.isFull).toBe(false);
  recording.append(new Float32Array([4, 5, 6]));
  recording.append(new Float32Array([7]));
  expect(recording.isFull).toBe(true);
  expect([...recording.samples()]).toEqual([1, 2, 3, 4, 5]);
});

test('levels', () => {
  expect(levelDb(new Float32Array(100).fill(0.1))).toBeCloseTo(-20, 5);
  expect(levelDb(new Float32Array(100))).toBe(kFloorDb);
  expect(levelDb(new Float32Array(0))).toBe(kFloorDb);
  expect([kFloorDb, -30, 0, 5].map(levelFraction)).toEqual([0, 0.5, 1, 1]);
});

test('recordings are named by the moment', () => {
  expect(recordingName(new Date(2025, 2, 1, 4, 5, 6))).toBe('recording_2025-03-01_04-05-06.wav');
});

test('why the microphone cannot be used', () => {
  expect(microphoneProblem(new DOMException('', 'NotAllowedError')).title).toContain('not allowed');
  expect(microphoneProblem(new DOMException('', 'SecurityError')).advice).toContain('localhost');
  expect(microphoneProblem('?').title).toContain('could not be started');
});

test('time axes have round labels, about as many as fit', () => {
  expect(timeTicks(4, 10)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]);
  expect(timeTicks(600, 6)).toEqual([0, 120, 240, 360, 480, 600]);
  expect([0, 0.30000000000000004, 59, 75].map(tickLabel)).toEqual(['0', '0.3', '59', '1:15']);
});
