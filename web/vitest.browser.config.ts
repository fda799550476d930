// The page in Chromium, served by the real program. The tests lie beside the other tests of the project, outside this
// folder, so what they import is found by name here.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const installed = (name: string): string => fileURLToPath(new URL(`./node_modules/${name}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      'playwright-core': installed('playwright-core/index.mjs'),
      'axe-core': installed('axe-core/axe.js'),
      vitest: installed('vitest'),
    },
  },
  server: { fs: { allow: ['..'] } },
  test: {
    include: ['../tests/browser/**/*.test.ts'],
    globalSetup: '../tests/browser/support/global_setup.ts',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
