import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ModelInfo } from '../api/contract';
import { Workspace } from './workspace.svelte';

const model = (name: string, accuracy: number | null, newSpeakers: number | null): ModelInfo => ({
  name,
  title: name.toUpperCase(),
  family: name,
  schema: 'librosa-110',
  protocol: 'honest',
  labels: ['angry', 'sad'],
  test: accuracy === null ? null : { clips: 288, accuracy, uar: null },
  uar_speaker_independent: newSpeakers,
});

const kModels = [model('svm', 0.6, 0.4), model('rf', 0.7, 0.3)];
const audio = (name: string) => ({ blob: new Blob([name]), name });

let asked: string[] = [];
let traced: string[] = [];
let reply: (url: URL) => Response | Promise<Response>;

beforeEach(() => {
  asked = [];
  traced = [];
  reply = (url) => answer(url.searchParams.get('model') ?? '');
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    if (url.pathname.endsWith('/models')) return Response.json(kModels);
    if (url.pathname.endsWith('/contours')) {
      traced.push(((init.body as FormData).get('file') as File).name);
      return Response.json({ path: 'x', duration_s: 0.01, start_s: 0, hop_s: 0.01, f0_hz: [null], level_db: [-20] });
    }
    asked.push(`${((init.body as FormData).get('file') as File).name} ${url.searchParams.get('model')}`);
    return reply(url);
  });
  URL.createObjectURL = () => 'blob:test';
  URL.revokeObjectURL = () => {};
});

afterEach(() => vi.unstubAllGlobals());

function answer(name: string): Response {
  const scores = [{ label: 'sad', score: 1 }];
  return Response.json({ path: 'x', model: name, duration_s: 1, label: 'sad', confidence: 1, uncertain: false, scores, warnings: [] });
}

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setTimeout(resolve));
}

test("the service's first model answers first, whatever the figures say", async () => {
  const workspace = new Workspace();
  await workspace.loadModels();
  expect(workspace.modelName).toBe('svm');
});

test('recordings that come before the models are answered once they are known', async () => {
  const workspace = new Workspace();
  workspace.add([audio('a.wav')], 'file');
  expect(asked).toEqual([]);
  await workspace.loadModels();
  await settled();
  expect(asked).toEqual(['a.wav svm']);
  expect(workspace.shown?.answerFor('svm')).toMatchObject({ status: 'done', value: { label: 'sad' } });
});

test('another model asks again about every recording; going back does not', async () => {
  const workspace = new Workspace();
  await workspace.loadModels();
  workspace.add([audio('a.wav'), audio('b.wav')], 'file');
  await settled();
  workspace.useModel('rf');
  await settled();
  workspace.useModel('svm');
  await settled();
  expect(asked).toEqual(['a.wav svm', 'b.wav svm', 'a.wav rf', 'b.wav rf']);
});

test('one that fails leaves the others alone, and can be tried again', async () => {
  const workspace = new Workspace();
  await workspace.loadModels();
  reply = () => Response.json({ code: 'silent', detail: 'zero' }, { status: 422 });
  workspace.add([audio('a.wav')], 'file');
  await settled();
  const clip = workspace.shown!;
  expect(clip.answerFor('svm')).toMatchObject({ status: 'failed', problem: { code: 'silent' } });
  reply = (url) => answer(url.searchParams.get('model') ?? '');
  workspace.retry(clip);
  await settled();
  expect(clip.answerFor('svm')).toMatchObject({ status: 'done' });
});

test('a recording that is removed is forgotten, and its neighbour is shown', async () => {
  const workspace = new Workspace();
  await workspace.loadModels();
  workspace.add([audio('a.wav'), audio('b.wav'), audio('c.wav')], 'file');
  workspace.shownId = workspace.clips[1]!.id;
  workspace.remove(workspace.clips[1]!);
  expect(workspace.shown?.name).toBe('c.wav');
  workspace.remove(workspace.clips[1]!);
  expect(workspace.shown?.name).toBe('a.wav');
  workspace.clear();
  expect(workspace.shown).toBeNull();
});

test('a comparison is asked for once a part', async () => {
  const workspace = new Workspace();
  await workspace.loadModels();
  reply = async (url) => Response.json(url.searchParams.get('model') === 'all' ? [await answer('svm').json()] : await answer('svm').json());
  workspace.add([audio('a.wav')], 'file');
  await settled();
  const clip = workspace.shown!;
  workspace.compare(clip);
  await settled();
  workspace.compare(clip);
  await settled();
  expect(asked.filter((line) => line.endsWith('all'))).toHaveLength(1);
  expect(clip.comparison()).toMatchObject({ status: 'done', value: [{ answer: { label: 'sad' } }] });
});

test('what is cancelled says so and can be asked for again; what is there already stays', async () => {
  const workspace = new Workspace();
  await workspace.loadModels();
  reply = () => new Promise(() => {});
  workspace.add([audio('a.wav')], 'file');
  await settled();
  const clip = workspace.shown!;
  workspace.giveUp(clip);
  await settled();
  expect(clip.answerFor('svm')).toMatchObject({ status: 'failed', problem: { code: 'cancelled' } });
  reply = (url) => answer(url.searchParams.get('model') ?? '');
  workspace.retry(clip);
  await settled();
  expect(clip.answerFor('svm')).toMatchObject({ status: 'done' });
  workspace.giveUp(clip);
  expect(clip.answerFor('svm')).toMatchObject({ status: 'done' });
});

test('pitch and level are asked for once a recording, whatever model answers', async () => {
  const workspace = new Workspace();
  await workspace.loadModels();
  workspace.add([audio('a.wav')], 'file');
  const clip = workspace.shown!;
  void workspace.trace(clip);
  workspace.useModel('rf');
  void workspace.trace(clip);
  await settled();
  expect(clip.contours).toMatchObject({ status: 'done', value: { level_db: [-20] } });
  expect(traced).toEqual(['a.wav']);
});

test('a service without models says what to do', async () => {
  vi.stubGlobal('fetch', async () => Response.json([]));
  const workspace = new Workspace();
  await workspace.loadModels();
  expect(workspace.modelsProblem?.code).toBe('no_models');
});
