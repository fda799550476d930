import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StreamAnswer } from './contract';
import type { Voice } from './voice';
import type { ServiceProblem } from './problem';
import { setAccessToken } from './access';
import { openStream, streamUrl, subprotocols } from './stream';

class FakeSocket {
  static readonly OPEN = 1;
  static last: FakeSocket;
  readyState = 0;
  bufferedAmount = 0;
  sent: unknown[] = [];
  onopen = (): void => {};
  onmessage = (_: { data: unknown }): void => {};
  onclose = (_: { reason: string }): void => {};
  constructor(
    readonly url: URL,
    readonly protocols: string[],
  ) {
    FakeSocket.last = this;
  }
  open(): void {
    this.readyState = 1;
    this.onopen();
  }
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(): void {
    this.readyState = 3;
    this.onclose({ reason: '' });
  }
}

beforeEach(() => vi.stubGlobal('WebSocket', FakeSocket));
afterEach(() => vi.unstubAllGlobals());

function start(voice: Voice | null = null) {
  const answers: StreamAnswer[] = [];
  const ends: (ServiceProblem | null)[] = [];
  const stream = openStream('svm', 48000, voice, { onAnswer: (answer) => answers.push(answer), onEnd: (problem) => ends.push(problem) });
  return { stream, answers, ends, socket: FakeSocket.last };
}

describe('openStream', () => {
  test('the address is the page’s own, as a WebSocket', () => {
    expect(streamUrl('vote(svm,et)').href).toBe('ws://localhost:3000/api/v1/stream?model=vote%28svm%2Cet%29');
  });

  test('says the rate first, then sends frames; nothing before it is open', () => {
    const { stream, socket } = start();
    const frames = new Int16Array([1, 2]);
    stream.send(frames);
    expect(socket.sent).toEqual([]);
    socket.open();
    stream.send(frames);
    expect(socket.sent).toEqual(['{"sample_rate":48000}', frames]);
  });

  test('a known voice goes along with the rate', () => {
    const { answers, socket } = start({ format: 1, clips: 1, sums: {} });
    socket.open();
    expect(socket.sent).toEqual(['{"sample_rate":48000,"voice":{"format":1,"clips":1,"sums":{}}}']);
    socket.onmessage({ data: '{"start_s":0,"end_s":1,"label":"sad","scores":[{"label":"sad","score":1}],"level_db":-20,"voiced":true,"enrolled":1}' });
    expect(answers[0]?.enrolled).toBe(1);
  });

  test('sound is dropped, not heaped up, when the service does not keep up', () => {
    const { stream, socket } = start();
    socket.open();
    socket.bufferedAmount = 2 * 1024 * 1024;
    stream.send(new Int16Array(8));
    expect(socket.sent).toHaveLength(1);
  });

  test('hands on answers; a broken one ends the stream with a problem, once', () => {
    const { answers, ends, socket } = start();
    socket.open();
    socket.onmessage({ data: '{"start_s":0,"end_s":1,"label":"sad","scores":[{"label":"sad","score":1}],"level_db":-20,"voiced":true}' });
    expect(answers.map((answer) => answer.label)).toEqual(['sad']);
    socket.onmessage({ data: '{"nonsense":1}' });
    expect(ends.map((problem) => problem?.code)).toEqual(['contract']);
  });

  test('a token goes along as a subprotocol in base64url', () => {
    expect(start().socket.protocols).toEqual(['sermo.live']);
    setAccessToken('foobar'); // as in RFC 4648 10
    expect(start().socket.protocols).toEqual(['sermo.live', 'sermo.token.Zm9vYmFy']);
    setAccessToken('');
    expect(subprotocols('>>>???ü')).toEqual(['sermo.live', 'sermo.token.Pj4-Pz8_w7w']);
  });

  test.each([
    [Response.json({ code: 'unauthorized' }, { status: 401 }), 'unauthorized'],
    [Response.json({ code: 'unavailable' }, { status: 503 }), 'unavailable'],
    [Response.json([]), 'stream_refused'],
  ])('why it was refused before it opened is asked for by another call', async (answer, code) => {
    vi.stubGlobal('fetch', async () => answer);
    const refused = start();
    refused.socket.close();
    await vi.waitFor(() => expect(refused.ends.map((problem) => problem?.code)).toEqual([code]));
  });

  test('closing is no problem; being closed is', () => {
    const closing = start();
    closing.socket.open();
    closing.stream.close();
    expect(closing.ends).toEqual([null]);
    const closed = start();
    closed.socket.open();
    closed.socket.close();
    expect(closed.ends.map((problem) => problem?.code)).toEqual(['network']);
  });
});
