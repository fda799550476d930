import { get as httpGet } from 'node:http';
import { availableParallelism, loadavg } from 'node:os';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { addFiles, shownAnswer, voiceFile } from './support/actions';
import { serviceUrl, useBrowser } from './support/browser';

// Where other programs want the processors too, the page is given twice the time.
const kMaxFirstPaintMs = loadavg()[0]! > availableParallelism() ? 400 : 200;
const kMaxBundleBytes = 300 * 1024;
const kMaxLayoutShift = 0.02; // 0.1 is what web.dev calls good

const browser = useBrowser();

/** A gzipped body as it comes over the wire; fetch() would unpack it. */
function get(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    httpGet(serviceUrl + path, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve(response.headers['content-encoding'] === 'gzip' ? body : gzipSync(body));
      });
    }).on('error', reject);
  });
}

// The best of several, because other programs on the machine only ever make it slower.
test(`the first paint comes within ${kMaxFirstPaintMs} ms`, async () => {
  const page = await browser.open(); // warms the browser, not the page's cache: every context has its own
  const times: number[] = [];
  for (let i = 0; i < 30 && !(Math.min(...times) < kMaxFirstPaintMs && i >= 5); i += 1) {
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
  await page.route(/predict|contours/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 900)); // later than what counts as caused by the user
    await route.continue();
  });
  await addFiles(page, [voiceFile('steady.wav', 9)]);
  await page.waitForTimeout(650); // before it says that it is working
  const before = await page.evaluate(() => (globalThis as unknown as { shift: number }).shift);
  await page.getByText('Working out the emotion over time…').waitFor();
  await shownAnswer(page);
  await page.getByRole('img', { name: /^Pitch and level over time. Pitch from/ }).waitFor();
  await page.waitForTimeout(500);
  const after = await page.evaluate(() => (globalThis as unknown as { shift: number }).shift);
  console.log(`layout shift while the answer comes: ${(after - before).toFixed(4)}`);
  expect(after - before).toBeLessThan(kMaxLayoutShift);
});

/** The sizes on the wire of the page and of all scripts and styles that it may come to load. */
async function transferredBytes(): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const ahead = ['/'];
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (sizes.has(path)) continue;
    const packed = await get(path);
    sizes.set(path, packed.length);
    const names = gunzipSync(packed).toString('utf8').matchAll(/[\w-]+\.(?:js|css)\b/g);
    for (const [name] of names) if ((await fetch(`${serviceUrl}/assets/${name}`, { method: 'HEAD' })).ok) ahead.push(`/assets/${name}`);
  }
  return sizes;
}

test('the bundle is below 300 kB gzipped', async () => {
  const sizes = await transferredBytes();
  const total = [...sizes.values()].reduce((a, b) => a + b, 0);
  console.log(`bundle: ${(total / 1024).toFixed(1)} kB gzipped in ${sizes.size} files`);
  expect(sizes.size).toBeGreaterThanOrEqual(5); // the page, its script and style, the worker, the recorder
  expect(total).toBeLessThan(kMaxBundleBytes);
});

test('the page and its parts refuse everything that is not their own', async () => {
  const response = await fetch(serviceUrl);
  const policy = response.headers.get('Content-Security-Policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-(inline|eval)|https?:/);
});
