import { afterEach, expect, test, vi } from 'vitest';
import { setAccessToken } from './access';
import { listModels, predict, predictWithAll, serviceUrl } from './client';

const kNever = new AbortController().signal;
const kAudio = { blob: new Blob(['abc']), name: 'a.wav' };
const kAnswer = { path: 'a.wav', model: 'svm', duration_s: 1, label: 'sad', confidence: 1, uncertain: false, scores: [{ label: 'sad', score: 1 }], warnings: [] };

function answerWith(reply: () => Promise<Response> | Response): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(async () => reply());
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => {
  setAccessToken('');
  vi.unstubAllGlobals();
});

test('the file goes as the field `file` under its name, to the model asked for', async () => {
  const fetched = answerWith(() => Response.json(kAnswer));
  const { value, raw, elapsedMs } = await predict(kAudio, 'svm', kNever);
  expect(value.label).toBe('sad');
  expect(raw).toEqual(kAnswer);
  expect(elapsedMs).toBeGreaterThanOrEqual(0);
  const [url, init] = fetched.mock.calls[0] as unknown as [URL, RequestInit];
  expect(url.pathname + url.search).toBe('/api/v1/predict?model=svm&timeline=true');
  const file = (init.body as FormData).get('file') as File;
  expect([file.name, file.size]).toEqual(['a.wav', 3]);
});

test('all models are asked in one call', async () => {
  const fetched = answerWith(() => Response.json([kAnswer, { path: 'a.wav', error: { code: 'mismatch', message: 'no' } }]));
  expect((await predictWithAll(kAudio, kNever)).value).toHaveLength(2);
  expect((fetched.mock.calls[0] as unknown as [URL])[0].search).toBe('?model=all');
});

test('addresses are relative to the page, so that it works behind a prefix', () => {
  vi.spyOn(document, 'baseURI', 'get').mockReturnValue('https://example.org/sermo/index.html');
  expect(serviceUrl('api/v1/models').href).toBe('https://example.org/sermo/api/v1/models');
  vi.restoreAllMocks();
});

test('failures are problems: refused, gone, cut off while sending, not as agreed', async () => {
  answerWith(() => Response.json({ code: 'silent', detail: 'every sample is zero' }, { status: 422 }));
  await expect(predict(kAudio, 'svm', kNever)).rejects.toMatchObject({ status: 422, code: 'silent' });
  answerWith(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(predict(kAudio, 'svm', kNever)).rejects.toMatchObject({ code: 'network' });
  const large = { blob: new Blob([new Uint8Array(9 * 1024 * 1024)]), name: 'large.wav' };
  await expect(predict(large, 'svm', kNever)).rejects.toMatchObject({ code: 'upload_cut' });
  answerWith(() => Response.json({ hello: 'world' }));
  await expect(predict(kAudio, 'svm', kNever)).rejects.toMatchObject({ code: 'contract' });
  answerWith(() => new Response('not json'));
  await expect(listModels()).rejects.toMatchObject({ code: 'network' });
});

test('what the caller gave up is not a problem', async () => {
  const controller = new AbortController();
  answerWith(() => {
    controller.abort();
    return Promise.reject(new DOMException('aborted', 'AbortError'));
  });
  await expect(predict(kAudio, 'svm', controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test('a token goes along once it is known; without one it is asked for, and a wrong one is told from none', async () => {
  const refuse = (): Response => Response.json({ code: 'unauthorized', detail: 'wanted a token' }, { status: 401 });
  const fetched = answerWith(refuse);
  await expect(listModels()).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
  setAccessToken(' open sesame\n');
  await expect(listModels()).rejects.toMatchObject({ status: 401, code: 'wrong_token' });
  const headers = fetched.mock.calls.map((call) => (call as unknown as [URL, RequestInit])[1].headers);
  expect(headers).toEqual([{}, { Authorization: 'Bearer open sesame' }]);
});
