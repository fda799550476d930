import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { addFiles, shownAnswer, voiceFile } from './support/actions';
import { serviceUrl, useBrowser } from './support/browser';

const kMaxFirstPaintMs = 200;
const kMaxBundleBytes = 300 * 1024;
const kMaxLayoutShift = 0.02; // 0.1 is what web.dev calls good

const browser = useBrowser();

// The best of several, because other programs on the machine only ever make it slower.
test('the first paint comes within 200 ms', async () => {
  const page = await browser.open(); // warms the browser, not the page's cache: every context has its own
  const times: number[] = [];
  for (let i = 0; i < 12 && !(Math.min(...times) < kMaxFirstPaintMs && i >= 5); i += 1) {
    const fresh = await page.context().browser()!.newContext();
    const tab = await fresh.newPage();
    await tab.goto(serviceUrl);
    await tab.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    times.push(await tab.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]!.startTime));
    await fresh.close();
  }
  times.sort((a, b) => a - b);
  console.log(`first contentful paint: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  expect(times[0]).toBeLessThan(kMaxFirstPaintMs);
});

test('nothing moves by itself', async () => {
  const page = await browser.open();
  await page.evaluate(() => {
    const state = globalThis as unknown as { shift: number };
    state.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]) if (!entry.hadRecentInput) state.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.route('**/predict**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 900)); // later than what counts as caused by the user
    await route.continue();
  });
  await addFiles(page, [voiceFile('steady.wav', 9)]);
  await page.waitForTimeout(700);
  const before = await page.evaluate(() => (globalThis as unknown as { shift: number }).shift);
  await shownAnswer(page);
  await page.waitForTimeout(500);
  const after = await page.evaluate(() => (globalThis as unknown as { shift: number }).shift);
  console.log(`layout shift while the answer comes: ${(after - before).toFixed(4)}`);
  expect(after - before).toBeLessThan(kMaxLayoutShift);
});

test('the bundle is below 300 kB gzipped', () => {
  const assets = fileURLToPath(new URL('../../web/dist/assets', import.meta.url));
  const sizes = readdirSync(assets)
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => gzipSync(readFileSync(join(assets, name))).length);
  const total = sizes.reduce((a, b) => a + b, 0);
  console.log(`bundle: ${(total / 1024).toFixed(1)} kB gzipped`);
  expect(total).toBeLessThan(kMaxBundleBytes);
});

test('the page and its parts refuse everything that is not their own', async () => {
  const response = await fetch(serviceUrl);
  const policy = response.headers.get('Content-Security-Policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-(inline|eval)|https?:/);
});
