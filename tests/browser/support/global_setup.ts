// One service for all tests that ask nothing special of it.
import type { TestProject } from 'vitest/node';
import { startService } from './service';

declare module 'vitest' {
  interface ProvidedContext {
    serviceUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const service = await startService();
  project.provide('serviceUrl', service.url);
  return () => service.stop();
}
