// The HTTP calls of the service, one function each. A failure is always a ServiceProblem, except for the
// caller's own abort, which stays an AbortError.
import { accessToken } from './access';
import { parseAnswer, parseContours, parseModels, parseRows, type Answer, type Contours, type ModelInfo, type Row } from './contract';
import { asProblem, problemFromResponse, ServiceProblem } from './problem';
import { parseVoice, type Voice } from './voice';

/** Audio under the name that answers and downloads will carry. */
export interface NamedAudio {
  blob: Blob;
  name: string;
}

export interface Timed<T> {
  value: T;
  raw: unknown; // the JSON as the service sent it, for downloads
  elapsedMs: number; // from sending to the whole answer
}

// Above this, a connection that breaks while sending is more likely a refusal than a fault of the network: a
// server that answers 413 early and closes gives browsers no chance to read it.
const kLargeUploadBytes = 8 * 1024 * 1024;

export function serviceUrl(path: string, query: Record<string, string> = {}): URL {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

export function predictUrl(model: string, withTimeline: boolean): URL {
  return serviceUrl('api/v1/predict', withTimeline ? { model, timeline: 'true' } : { model });
}

async function request(url: URL, init: RequestInit, sentBytes = 0): Promise<unknown> {
  const token = accessToken();
  const headers: Record<string, string> = token === '' ? {} : { Authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    const code = sentBytes >= kLargeUploadBytes ? 'upload_cut' : 'network';
    throw new ServiceProblem({ status: 0, code, detail: '', retryAfterS: null });
  }
  if (response.status === 401 && token !== '') throw new ServiceProblem({ status: 401, code: 'wrong_token', detail: '', retryAfterS: null });
  if (!response.ok) throw await problemFromResponse(response);
  return (await response.json()) as unknown;
}

async function post<T>(
  url: URL,
  audio: NamedAudio,
  parse: (json: unknown) => T,
  signal: AbortSignal,
  { field = 'file', voice = null }: { field?: string; voice?: Voice | null } = {},
): Promise<Timed<T>> {
  const body = new FormData();
  body.append(field, audio.blob, audio.name);
  if (voice !== null) body.append('voice', JSON.stringify(voice));
  const sent = performance.now();
  try {
    const raw = await request(url, { method: 'POST', body, signal }, audio.blob.size);
    return { value: parse(raw), raw, elapsedMs: performance.now() - sent };
  } catch (error) {
    if (signal.aborted) throw error;
    throw asProblem(error);
  }
}

export async function listModels(): Promise<ModelInfo[]> {
  try {
    return parseModels(await request(serviceUrl('api/v1/models'), {}));
  } catch (error) {
    throw asProblem(error);
  }
}

/** One model's answer, with its timeline; by a known voice where there is one. */
export function predict(audio: NamedAudio, model: string, signal: AbortSignal, voice: Voice | null = null): Promise<Timed<Answer>> {
  return post(predictUrl(model, true), audio, parseAnswer, signal, { voice });
}

/** What one clip says of the voice in it. */
export async function enrol(audio: NamedAudio, signal: AbortSignal): Promise<Voice> {
  return (await post(serviceUrl('api/v1/enrolments'), audio, parseVoice, signal, { field: 'enroll' })).value;
}

/** Pitch and level over time. */
export function traceVoice(audio: NamedAudio, signal: AbortSignal): Promise<Timed<Contours>> {
  return post(serviceUrl('api/v1/contours'), audio, parseContours, signal);
}

/** Every model's answer about the same audio. */
export function predictWithAll(audio: NamedAudio, signal: AbortSignal, voice: Voice | null = null): Promise<Timed<Row[]>> {
  return post(predictUrl('all', false), audio, parseRows, signal, { voice });
}
