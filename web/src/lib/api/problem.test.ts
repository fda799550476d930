import { describe, expect, test } from 'vitest';
import { ContractError } from './reader';
import { asProblem, plainWords, problemFromResponse, ServiceProblem } from './problem';

function answer(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers });
}

describe('problemFromResponse', () => {
  test('reads problem+json', async () => {
    const problem = await problemFromResponse(
      answer(422, JSON.stringify({ title: 'Unprocessable', status: 422, code: 'too_short', detail: '0.02 s, at least 0.186 s' })),
    );
    expect(problem).toMatchObject({ status: 422, code: 'too_short', detail: '0.02 s, at least 0.186 s', retryAfterS: null });
    expect(plainWords(problem).title).toBe('This is too short to judge');
  });

  test('a page from a proxy still gives words by its status', async () => {
    const problem = await problemFromResponse(answer(429, '<html>', { 'Retry-After': '3' }));
    expect(problem).toMatchObject({ status: 429, code: 'http', retryAfterS: 3 });
    expect(plainWords(problem).title).toBe('The service is busy');
  });

  test('an unknown failure has words too', async () => {
    expect(plainWords(await problemFromResponse(answer(500, '{"code":"internal"}'))).advice).toContain('Try again');
  });
});

describe('asProblem', () => {
  test('keeps problems, and tells a broken answer from no answer', () => {
    const problem = new ServiceProblem({ status: 413, code: 'too_large', detail: '', retryAfterS: null });
    expect(asProblem(problem)).toBe(problem);
    expect(asProblem(new ContractError('x', 'a number', 'y')).code).toBe('contract');
    expect(asProblem(new TypeError('Failed to fetch')).code).toBe('network');
  });
});
