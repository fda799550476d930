// Why a request failed, and the same in words for people.

/** The service's own codes, and the page's: network, upload_cut, contract, no_models, wrong_token, stream_refused, cancelled, http. */
export interface ProblemDetails {
  status: number; // 0 when no answer came
  code: string;
  detail: string; // the service's sentence, may be empty
  retryAfterS: number | null;
}

export class ServiceProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterS: number | null;

  constructor(details: ProblemDetails) {
    super(details.detail || details.code);
    this.name = 'ServiceProblem';
    this.status = details.status;
    this.code = details.code;
    this.detail = details.detail;
    this.retryAfterS = details.retryAfterS;
  }
}

/** Reads a failed response; a body that is not problem+json still gives a problem. */
export async function problemFromResponse(response: Response): Promise<ServiceProblem> {
  let code = 'http';
  let detail = '';
  try {
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null) {
      const fields = body as Record<string, unknown>;
      if (typeof fields['code'] === 'string') code = fields['code'];
      if (typeof fields['detail'] === 'string') detail = fields['detail'];
      else if (typeof fields['title'] === 'string') detail = fields['title'];
    }
  } catch {
    // Not JSON: the status alone has to do.
  }
  const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new ServiceProblem({ status: response.status, code, detail, retryAfterS: Number.isFinite(retryAfter) ? retryAfter : null });
}

/** What happened and what helps: a heading and a sentence. */
export interface PlainWords {
  title: string;
  advice: string;
}

const kByCode: Record<string, PlainWords> = {
  unsupported: { title: 'This is not a recording that can be read', advice: 'Try wav, mp3, flac, ogg, opus, m4a, aac or webm.' },
  corrupt: { title: 'This recording is damaged', advice: 'It ends too early or its contents are broken. Export or record it again.' },
  not_readable: { title: 'This recording cannot be read', advice: 'Export it as wav or mp3 and try again.' },
  too_short: { title: 'This is too short to judge', advice: 'At least a fifth of a second is needed; a sentence is better.' },
  too_long: { title: 'This recording is too long', advice: 'Cut out the part that matters and try again.' },
  too_large: { title: 'This file is too large', advice: 'Send a shorter recording, or a compressed one such as mp3 or flac.' },
  silent: { title: 'There is only silence in it', advice: 'Check that the microphone was on, or choose a part with speech.' },
  not_finite: { title: 'This recording holds broken values', advice: 'Some of its samples are not numbers. Export it again as 16-bit wav.' },
  not_found: { title: 'The service does not have that model', advice: 'Choose another model; the list may have changed since the page was opened.' },
  no_models: { title: 'There are no models yet', advice: 'Run “sermo train” where the service runs, then try again.' },
  mismatch: { title: 'The model does not fit the service', advice: 'Choose another model, or run “sermo verify” where the service runs.' },
  unauthorized: { title: 'The service asks for an access token', advice: 'Whoever runs it can tell you. It is kept until this tab is closed.' },
  wrong_token: { title: 'That token was not accepted', advice: 'Check for missing letters, or ask whoever runs the service.' },
  stream_refused: { title: 'The service refused the live stream', advice: 'Too many may be listening at once, or a proxy in between stops WebSockets. Record a clip instead.' },
  cancelled: { title: 'Cancelled', advice: 'Try again when you like, or cut out a shorter part.' },
  network: { title: 'The service does not answer', advice: 'Check that “sermo serve” is still running, then try again.' },
  upload_cut: { title: 'The service closed the connection while the file was on its way', advice: 'The file may be larger than it accepts. A shorter or compressed recording will do.' },
  contract: { title: 'The answer could not be understood', advice: 'Page and service may be of different versions. Reload the page.' },
};

const kByStatus: Record<number, PlainWords> = {
  401: kByCode['unauthorized']!,
  408: { title: 'Sending took too long', advice: 'The connection to the service is slow. Try again, or send a smaller file.' },
  413: kByCode['too_large']!,
  422: kByCode['unsupported']!,
  429: { title: 'The service is busy', advice: 'Wait a few seconds and try again.' },
  503: { title: 'The service is not ready', advice: 'It is starting or stopping. Try again in a moment.' },
};

export function plainWords(problem: ServiceProblem): PlainWords {
  return (
    kByCode[problem.code] ??
    kByStatus[problem.status] ?? { title: 'Something went wrong in the service', advice: 'Try again. If it happens once more, its log says why.' }
  );
}

/** Any thrown value as a problem, so that every failure reaches the user in one way. */
export function asProblem(error: unknown): ServiceProblem {
  if (error instanceof ServiceProblem) return error;
  const isContract = error instanceof Error && error.name === 'ContractError';
  return new ServiceProblem({
    status: 0,
    code: isContract ? 'contract' : 'network',
    detail: isContract ? error.message : '',
    retryAfterS: null,
  });
}
