// A few requests at a time, and patience when the service is busy.
import { ServiceProblem } from './problem';

export interface RequestQueueOptions {
  maxRunning: number; // requests under way at once
  maxTries: number; // tries of one request that is answered with 429 or 503
  wait: (seconds: number) => Promise<void>; // replaced in tests
}

const kDefaults: RequestQueueOptions = {
  maxRunning: 2,
  maxTries: 4,
  wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
};

export class RequestQueue {
  private readonly options: RequestQueueOptions;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(options: Partial<RequestQueueOptions> = {}) {
    this.options = { ...kDefaults, ...options };
  }

  /** Runs `task` when its turn comes; tasks start in the order in which they were handed in. */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.turn();
    try {
      return await this.withRetries(task, signal);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private async turn(): Promise<void> {
    while (this.running >= this.options.maxRunning) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
  }

  private async withRetries<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await task();
      } catch (error) {
        const isBusy = error instanceof ServiceProblem && (error.status === 429 || error.status === 503);
        if (!isBusy || attempt >= this.options.maxTries) throw error;
        await this.options.wait(Math.min(error.retryAfterS ?? attempt, 10));
      }
    }
  }
}
