import { describe, expect, test } from 'vitest';
import { ServiceProblem } from './problem';
import { RequestQueue } from './request_queue';

const kNever = new AbortController().signal;
const busy = (retryAfterS: number | null): ServiceProblem => new ServiceProblem({ status: 429, code: 'unavailable', detail: '', retryAfterS });

describe('RequestQueue', () => {
  test('runs no more at once than allowed, in order', async () => {
    const queue = new RequestQueue({ maxRunning: 2 });
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((i) =>
      queue.run(() => {
        started.push(i);
        return new Promise<void>((resolve) => finish.push(resolve));
      }, kNever),
    );
    await new Promise((resolve) => setTimeout(resolve));
    expect(started).toEqual([0, 1]);
    finish[1]!();
    await new Promise((resolve) => setTimeout(resolve));
    expect(started).toEqual([0, 1, 2]);
    finish[0]!();
    finish[2]!();
    await new Promise((resolve) => setTimeout(resolve));
    finish[3]!();
    await Promise.all(all);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  test('waits as long as a busy service asks, then tries again', async () => {
    const waits: number[] = [];
    const queue = new RequestQueue({ wait: async (seconds) => void waits.push(seconds) });
    let tries = 0;
    const value = await queue.run(async () => {
      tries += 1;
      if (tries < 3) throw busy(tries === 1 ? 2 : null);
      return 'done';
    }, kNever);
    expect(value).toBe('done');
    expect(waits).toEqual([2, 2]); // as asked; then two seconds after the second try
  });

  test('gives up after its tries, and at once on other failures', async () => {
    const queue = new RequestQueue({ maxTries: 2, wait: async () => {} });
    let tries = 0;
    const fail = (problem: ServiceProblem) => queue.run(async () => Promise.reject((tries++, problem)), kNever);
    await expect(fail(busy(1))).rejects.toMatchObject({ status: 429 });
    expect(tries).toBe(2);
    await expect(fail(new ServiceProblem({ status: 422, code: 'silent', detail: '', retryAfterS: null }))).rejects.toMatchObject({ code: 'silent' });
    expect(tries).toBe(3);
  });

  test('a request that is no longer wanted never starts', async () => {
    const queue = new RequestQueue();
    const controller = new AbortController();
    controller.abort();
    let hasRun = false;
    await expect(queue.run(async () => (hasRun = true), controller.signal)).rejects.toThrow();
    expect(hasRun).toBe(false);
  });
});
