// Where the tests find a service: SERMO_URL, or the test double serving web/dist.
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startMockService } from '../mock_service';

declare module 'vitest' {
  interface ProvidedContext {
    serviceUrl: string;
    isMock: boolean;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['SERMO_URL'];
  if (given) {
    project.provide('serviceUrl', given.replace(/\/$/, ''));
    project.provide('isMock', false);
    return async () => {};
  }
  const dist = fileURLToPath(new URL('../../../web/dist', import.meta.url));
  await access(dist).catch(() => {
    throw new Error('web/dist is missing: run "npm run build" in web/ first, or set SERMO_URL to a running sermo serve');
  });
  const service = await startMockService(dist);
  console.log(`SERMO_URL is not set: testing the page against a test double of the service at ${service.url}`);
  project.provide('serviceUrl', service.url);
  project.provide('isMock', true);
  return () => service.close();
}
