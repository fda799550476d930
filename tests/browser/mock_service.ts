// A test double of Sermo's HTTP service, for working on the page where the program is not built. It keeps the
// contract (names, statuses, headers, problem+json) and makes its answers up: they follow from the bytes, so that
// the same audio always gets the same answer, but they mean nothing. Tests that SERMO_URL points at the real
// program never start it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { kContentSecurityPolicy } from '../../web/embed/policy.mjs';
import { readMultipartFile } from './support/multipart';
import { levelDb, readWav } from './support/wav';

const kLabels = ['angry', 'calm', 'disgust', 'fearful', 'happy', 'neutral', 'sad', 'surprised'];
const kMaxUploadBytes = 32 * 1024 * 1024;
const kMinDurationS = 0.186;
const kWindowS = 3;
const kHopS = 1;
const kStreamHopS = 0.5;
const kSilentDb = -60;
const kUncertainBelow = 0.4;

interface Model {
  name: string;
  title: string;
  accuracy: number;
  newSpeakers: number | null;
}

const kModels: Model[] = [
  { name: 'svm', title: 'Support vector machine', accuracy: 0.649, newSpeakers: 0.446 },
  { name: 'et', title: 'Extra trees', accuracy: 0.67, newSpeakers: 0.422 },
  { name: 'rf', title: 'Random forest', accuracy: 0.618, newSpeakers: 0.417 },
  { name: 'mlp', title: 'Multilayer perceptron', accuracy: 0.694, newSpeakers: 0.431 },
  { name: 'gb', title: 'Gradient boosting', accuracy: 0.656, newSpeakers: 0.408 },
  { name: 'knn', title: 'Nearest neighbours', accuracy: 0.5625, newSpeakers: 0.309 },
  { name: 'lstm', title: 'LSTM', accuracy: 0.316, newSpeakers: null },
];

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}

interface Score {
  label: string;
  score: number;
}

/** Made-up probabilities that follow from the bytes and the model's name. */
function scoresOf(bytes: Uint8Array, model: string): Score[] {
  const shared = createHash('sha256').update(bytes).digest();
  const own = createHash('sha256').update(model).update(bytes).digest();
  const weights = kLabels.map((_, k) => Math.exp((shared[k]! * 3 + own[k]!) / 220));
  const sum = weights.reduce((a, b) => a + b, 0);
  const scores = kLabels.map((label, k) => ({ label, score: Math.round((weights[k]! / sum) * 1e6) / 1e6 }));
  return scores.sort((a, b) => b.score - a.score);
}

const kMagic: [string, number, string][] = [
  ['RIFF', 0, 'wav'],
  ['fLaC', 0, 'flac'],
  ['OggS', 0, 'ogg'],
  ['ID3', 0, 'mp3'],
  ['ftyp', 4, 'm4a'],
  ['\x1aE\xdf\xa3', 0, 'webm'],
];

function formatOf(bytes: Buffer): string | null {
  for (const [magic, at, format] of kMagic) if (bytes.toString('latin1', at, at + magic.length) === magic) return format;
  if (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0) return bytes[1]! & 6 ? 'mp3' : 'aac';
  return null;
}

/** Only wav is really read; of other formats the double believes that they hold three seconds. */
function judge(bytes: Buffer): { durationS: number; warnings: string[] } {
  const format = formatOf(bytes);
  if (format === null) throw new Refusal(422, 'unsupported', 'not a kind of audio that is supported');
  if (format !== 'wav') return { durationS: 3, warnings: [] };
  const wav = readWav(bytes);
  if (wav === null) throw new Refusal(422, 'corrupt', 'the wav header is damaged');
  const durationS = wav.samples.length / wav.sampleRateHz;
  if (durationS < kMinDurationS) throw new Refusal(422, 'too_short', `${durationS.toFixed(3)} s of audio (wanted at least ${kMinDurationS} s)`);
  const peak = wav.samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
  if (peak === 0) throw new Refusal(422, 'silent', 'every sample is zero');
  const warnings: string[] = [];
  if (durationS < 0.5) warnings.push(`very short: ${durationS.toFixed(2)} s`);
  if (levelDb(wav.samples) < -40) warnings.push('very quiet: the level is below -40 dB');
  return { durationS, warnings };
}

function answer(bytes: Buffer, path: string, model: string, withTimeline: boolean): object {
  const { durationS, warnings } = judge(bytes);
  const scores = scoresOf(bytes, model);
  const segments = [];
  for (let start = 0; withTimeline; start += kHopS) {
    const end = Math.min(start + kWindowS, durationS);
    const share = (seconds: number): number => Math.round((bytes.length * seconds) / durationS);
    const window = scoresOf(bytes.subarray(share(Math.max(0, end - kWindowS)), share(end)), model);
    segments.push({ start_s: Math.max(0, end - kWindowS), end_s: end, label: window[0]!.label, scores: window });
    if (end >= durationS) break;
  }
  return {
    path,
    model,
    duration_s: durationS,
    label: scores[0]!.label,
    confidence: scores[0]!.score,
    uncertain: scores[0]!.score < kUncertainBelow,
    scores,
    warnings,
    ...(withTimeline ? { segments } : {}),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  const tooLarge = new Refusal(413, 'too_large', `the body may have at most ${kMaxUploadBytes} bytes`);
  if (declared > kMaxUploadBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > kMaxUploadBytes) throw tooLarge;
  }
  return Buffer.concat(chunks);
}

async function predict(request: IncomingMessage, query: URLSearchParams): Promise<unknown> {
  const model = query.get('model') ?? 'svm';
  if (model !== 'all' && !kModels.some(({ name }) => name === model)) throw new Refusal(404, 'not_found', `no model named ${model}`);
  const body = await readBody(request);
  const file = readMultipartFile(body, request.headers['content-type'] ?? '') ?? { bytes: body, name: '' };
  const withTimeline = query.get('timeline') === 'true';
  if (model !== 'all') return answer(file.bytes, file.name, model, withTimeline);
  return kModels.map(({ name }) => answer(file.bytes, file.name, name, withTimeline));
}

function models(): unknown {
  return kModels.map(({ name, title, accuracy, newSpeakers }) => ({
    name,
    title,
    family: name,
    protocol: 'honest',
    labels: kLabels,
    test: { clips: 288, accuracy, uar: accuracy - 0.01, macro_f1: accuracy - 0.01 },
    uar_speaker_independent: newSpeakers,
    calibration: { method: 'temperature', temperature: 1.2 },
  }));
}

const kTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.m4a': 'audio/mp4',
};

async function sendPage(root: string, path: string, response: ServerResponse): Promise<void> {
  const file = normalize(join(root, path === '/' ? 'index.html' : decodeURIComponent(path)));
  if (!file.startsWith(root)) throw new Refusal(404, 'not_found', 'no such page');
  const bytes = await readFile(file).catch(() => {
    throw new Refusal(404, 'not_found', 'no such page');
  });
  response.writeHead(200, { 'Content-Type': kTypes[extname(file)] ?? 'application/octet-stream', 'Content-Length': bytes.length });
  response.end(bytes);
}

function sendJson(response: ServerResponse, status: number, value: unknown, type = 'application/json'): void {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

async function handle(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('Content-Security-Policy', kContentSecurityPolicy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const url = new URL(request.url ?? '/', 'http://localhost');
  try {
    if (request.method === 'POST' && url.pathname === '/api/v1/predict') sendJson(response, 200, await predict(request, url.searchParams));
    else if (url.pathname === '/api/v1/models') sendJson(response, 200, models());
    else await sendPage(root, url.pathname, response);
  } catch (error) {
    const { status, code, detail } = error instanceof Refusal ? error : new Refusal(500, 'internal', 'a bug that was contained');
    request.resume(); // let a body that is refused flow away, so that the answer arrives
    sendJson(response, status, { type: 'about:blank', title: code, status, code, detail }, 'application/problem+json');
  }
}

/** Answers every half second over the last three, once the first message has said the rate. */
function stream(socket: WebSocket, model: string): void {
  let rateHz = 0;
  let numSamples = 0;
  let numAnswered = 0;
  let window: Float32Array = new Float32Array(0);
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) {
      rateHz = (JSON.parse(data.toString()) as { sample_rate: number }).sample_rate;
      return;
    }
    if (rateHz <= 0) return socket.close(1002, 'the first message must say the sample rate');
    const fresh = Float32Array.from({ length: data.length / 2 }, (_, i) => data.readInt16LE(i * 2) / 32768);
    const joined = new Float32Array(window.length + fresh.length);
    joined.set(window);
    joined.set(fresh, window.length);
    window = joined.slice(Math.max(0, joined.length - kWindowS * rateHz));
    numSamples += fresh.length;
    const hop = Math.floor(numSamples / (kStreamHopS * rateHz));
    if (hop === numAnswered) return;
    numAnswered = hop;
    const end_s = numSamples / rateHz;
    const range = { start_s: end_s - window.length / rateHz, end_s };
    const level_db = Math.round(levelDb(window.subarray(-Math.round(kStreamHopS * rateHz))) * 10) / 10;
    const voiced = level_db > -45;
    if (level_db < kSilentDb) {
      const error = { code: 'silent', message: 'nothing is heard' };
      socket.send(JSON.stringify({ ...range, label: null, scores: [], error, level_db, voiced }));
    } else {
      const scores = scoresOf(Uint8Array.of(Math.floor(hop / 3)), model);
      socket.send(JSON.stringify({ ...range, label: scores[0]!.label, scores, level_db, voiced }));
    }
  });
}

export interface MockService {
  url: string;
  close: () => Promise<void>;
}

/** Serves the built page in `root` and the mocked calls on a free port of this machine. */
export async function startMockService(root: string): Promise<MockService> {
  const server: Server = createServer((request, response) => void handle(root, request, response));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== '/api/v1/stream') return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (webSocket) => stream(webSocket, url.searchParams.get('model') ?? 'svm'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
