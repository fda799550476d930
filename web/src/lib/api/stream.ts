// The live stream: 16-bit mono frames out, one answer a hop in.
import { accessToken } from './access';
import { listModels, serviceUrl } from './client';
import { parseStreamAnswer, type StreamAnswer } from './contract';
import { asProblem, ServiceProblem } from './problem';
import { base64url, type Voice } from './voice';

export interface StreamEvents {
  onAnswer: (answer: StreamAnswer) => void;
  /** Once, when the stream ends; the problem is null when `close` was called. */
  onEnd: (problem: ServiceProblem | null) => void;
}

export interface LiveStream {
  send: (frames: Int16Array<ArrayBuffer>) => void;
  close: () => void;
}

// More than this unsent means that the service does not keep up; newer audio matters more than older.
const kMaxUnsentBytes = 1024 * 1024;

const kProtocol = 'sermo.live';

export function streamUrl(model: string): URL {
  const url = serviceUrl('api/v1/stream', { model });
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

/** Browsers cannot set Authorization on a stream, so the token is offered as a subprotocol, in base64url. */
export function subprotocols(token: string): string[] {
  if (token === '') return [kProtocol];
  return [kProtocol, `sermo.token.${base64url(new TextEncoder().encode(token))}`];
}

/** Browsers do not tell a page why a stream was refused; another call with the same token may. */
async function refusal(): Promise<ServiceProblem> {
  try {
    await listModels();
    return new ServiceProblem({ status: 0, code: 'stream_refused', detail: '', retryAfterS: null });
  } catch (error) {
    return asProblem(error);
  }
}

export function openStream(model: string, sampleRateHz: number, voice: Voice | null, events: StreamEvents): LiveStream {
  const socket = new WebSocket(streamUrl(model), subprotocols(accessToken()));
  socket.binaryType = 'arraybuffer';
  let hasEnded = false;

  function end(problem: ServiceProblem | null): void {
    if (hasEnded) return;
    hasEnded = true;
    socket.close();
    events.onEnd(problem);
  }

  let hasOpened = false;
  socket.onopen = () => {
    hasOpened = true;
    socket.send(JSON.stringify({ sample_rate: sampleRateHz, ...(voice && { voice }) }));
  };
  socket.onmessage = (message: MessageEvent<unknown>) => {
    if (hasEnded || typeof message.data !== 'string') return;
    try {
      events.onAnswer(parseStreamAnswer(JSON.parse(message.data)));
    } catch (error) {
      end(asProblem(error));
    }
  };
  socket.onclose = (event) => {
    if (hasOpened) end(new ServiceProblem({ status: 0, code: 'network', detail: event.reason, retryAfterS: null }));
    else void refusal().then(end);
  };

  return {
    send: (frames) => {
      if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < kMaxUnsentBytes) socket.send(frames);
    },
    close: () => end(null),
  };
}
