import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { base64url, type Voice } from '../api/voice';
import { Workspace } from './workspace.svelte';

const kModel = { name: 'svm', title: 'SVM', labels: ['angry', 'sad'] };
// What a clip adds to the sum tells it from the others.
const kMarks: Record<string, number> = { 'b.wav': 1, 'c.wav': 2, 'd.wav': 4 };
const audio = (name: string) => ({ blob: new Blob([name]), name });

let asked: string[] = []; // the clips of the voice of each question
let enrolled: string[] = [];

beforeEach(() => {
  asked = [];
  enrolled = [];
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    if (url.pathname.endsWith('/models')) return Response.json([kModel]);
    const form = init.body as FormData;
    if (url.pathname.endsWith('/enrolments')) {
      const { name } = form.get('enroll') as File;
      enrolled.push(name);
      if (name.startsWith('bad')) return Response.json({ code: 'silent', detail: 'zero' }, { status: 422 });
      return Response.json({ enrolled: 1, voice: { format: 1, clips: 1, sums: { a: base64url(new Uint8Array(new Float64Array([kMarks[name]!]).buffer)) } }, refused: [] });
    }
    const voice = JSON.parse((form.get('voice') as string | null) ?? 'null') as Voice | null;
    const sum = voice === null ? 0 : new Float64Array(Uint8Array.from(atob(voice.sums['a']!.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)).buffer)[0]!;
    asked.push(Object.keys(kMarks).filter((name) => sum & kMarks[name]!).join(' '));
    const answer = { path: 'x', model: 'svm', duration_s: 1, label: 'sad', confidence: 1, uncertain: false, scores: [{ label: 'sad', score: 1 }], warnings: [] };
    return Response.json(voice === null ? answer : { ...answer, enrolled: voice.clips });
  });
  URL.createObjectURL = () => 'blob:test';
  URL.revokeObjectURL = () => {};
});

afterEach(() => vi.unstubAllGlobals());

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setTimeout(resolve));
}

async function withRecording(): Promise<Workspace> {
  const workspace = new Workspace();
  await workspace.loadModels();
  workspace.add([audio('a.wav')], 'file');
  await settled();
  return workspace;
}

test('each clip is sent once; the recording is asked about again when all are heard', async () => {
  const workspace = await withRecording();
  workspace.voice.add([audio('b.wav'), audio('c.wav'), audio('d.wav')]);
  expect(workspace.voice.joined).toBeNull();
  await settled();
  expect(enrolled).toEqual(['b.wav', 'c.wav', 'd.wav']);
  expect(asked).toEqual(['', 'b.wav c.wav d.wav']);
  expect(workspace.shown?.answerFor('svm', null, workspace.voice.key)).toMatchObject({ status: 'done', value: { enrolled: 3 } });
});

test('clips that cannot be used say why, and the others are taken', async () => {
  const workspace = await withRecording();
  workspace.voice.add([audio('bad.wav'), audio('c.wav')]);
  await settled();
  expect(workspace.voice.clips.map((clip) => [clip.status, clip.problem?.code])).toEqual([
    ['refused', 'silent'],
    ['used', undefined],
  ]);
  expect(asked).toEqual(['', 'c.wav']);
});

test('turned off and on, taken out, and never asked twice for the same', async () => {
  const workspace = await withRecording();
  const { voice } = workspace;
  voice.add([audio('b.wav'), audio('c.wav')]);
  await settled();
  voice.turn(false);
  expect(voice.joined).toBeNull();
  await settled();
  expect(workspace.shown?.answerFor('svm', null, voice.key)).toMatchObject({ value: { enrolled: null } });
  voice.turn(true);
  await settled();
  expect(asked).toEqual(['', 'b.wav c.wav']);
  voice.remove(voice.clips[0]!);
  await settled();
  expect(asked.at(-1)).toBe('c.wav');
  voice.clear();
  await settled();
  expect(asked).toHaveLength(3);
  expect(workspace.shown?.answerFor('svm', null, voice.key)).toMatchObject({ value: { enrolled: null } });
});

test('a clip that is taken out before it is heard is not asked about', async () => {
  const workspace = await withRecording();
  workspace.voice.add([audio('b.wav'), audio('c.wav')]);
  workspace.voice.remove(workspace.voice.clips[0]!);
  await settled();
  expect(workspace.voice.clips.map((clip) => clip.name)).toEqual(['c.wav']);
  expect(enrolled).toEqual(['c.wav']);
  expect(asked.at(-1)).toBe('c.wav');
});
