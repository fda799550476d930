// Pictures of the main states, for a person to look at, in SERMO_SCREENSHOTS or build/screenshots. Each state is
// reached once, with fresh recordings from `samples/`, and then looked at in light and dark, wide and narrow.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { addFiles, dragAcross, enrol, sampleFiles, shownAnswer, voiceFile, waveform } from './support/actions';
import { useBrowser } from './support/browser';
import { syntheticVoice } from './support/voice';
import { writeWav } from './support/wav';

const kFolder = process.env['SERMO_SCREENSHOTS'] ?? fileURLToPath(new URL('../../build/screenshots', import.meta.url));
const kSizes = [
  { width: 1600, height: 1000 },
  { width: 360, height: 740 },
];
const kLeastBytes = 10_000; // an empty page packs to less

rmSync(kFolder, { recursive: true, force: true });
mkdirSync(kFolder, { recursive: true });

async function shoot(page: Page, name: string): Promise<void> {
  for (const size of kSizes) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(500); // bars, fades and pictures come to rest
      const path = join(kFolder, `${name}-${colorScheme}-${size.width}.png`);
      await page.screenshot({ path, fullPage: true });
      expect(statSync(path).size).toBeGreaterThan(kLeastBytes);
    }
  }
  await page.setViewportSize(kSizes[0]!);
}

describe('recordings', () => {
  const browser = useBrowser();

  test('empty, and the list of models', async () => {
    const page = await browser.open({ viewport: kSizes[0]! });
    await shoot(page, 'empty');
    await page.getByRole('button', { name: /^Model/ }).click();
    await shoot(page, 'models');
  });

  test('a short clip, and a part of it', async () => {
    const page = await browser.open({ viewport: kSizes[0]! });
    await page.getByRole('button', { name: /^Measured/ }).click();
    await shownAnswer(page);
    await waveform(page).waitFor();
    await page.locator('canvas.ready').waitFor();
    await page.locator('.plot .values b').getByText('dB').waitFor();
    await shoot(page, 'clip');
    await dragAcross(page, 0.3, 0.62);
    await page.getByRole('button', { name: 'Analyse this part' }).click();
    await shownAnswer(page);
    await shoot(page, 'part');
  });

  test('a long clip with its timeline, all models compared', async () => {
    const page = await browser.open({ viewport: kSizes[0]! });
    await addFiles(page, [voiceFile('interview.wav', 24)]);
    await shownAnswer(page);
    await page.locator('canvas.ready').waitFor();
    await page.locator('.plot .values b').getByText('dB').waitFor();
    await waveform(page).focus();
    for (let i = 0; i < 9; i += 1) await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: /^Compare all/ }).click();
    await page.getByText(/models say|disagree/).waitFor();
    await shoot(page, 'compare');
  });

  test('answered by a known voice', async () => {
    const page = await browser.open({ viewport: kSizes[0]!, expected: /status of 422/ });
    await addFiles(page, [voiceFile('interview.wav', 6)]);
    await shownAnswer(page);
    const letter = { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('words, not audio') };
    await enrol(page, [voiceFile('a calm morning with the window open and birds outside.wav', 2), voiceFile('b.wav', 3, 0.2), voiceFile('c.wav', 1), letter]);
    await shownAnswer(page);
    await page.locator('canvas.ready').waitFor();
    await page.locator('.plot .values b').getByText('dB').waitFor();
    await shoot(page, 'voice');
  });

  test('the picture of the README', async () => {
    const page = await browser.open({ viewport: { width: 1280, height: 860 } });
    await addFiles(page, [voiceFile('interview.wav', 12)]);
    await shownAnswer(page);
    await page.locator('canvas.ready').waitFor();
    await page.locator('.plot .values b').getByText('dB').waitFor();
    await page.getByRole('group', { name: 'Emotion over time' }).getByRole('button').last().click();
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(kFolder, 'page.png') });
    expect(statSync(join(kFolder, 'page.png')).size).toBeLessThan(300_000);
  });

  test('a long clip while it is worked on', async () => {
    const page = await browser.open({ viewport: kSizes[0]! });
    await page.route('**/predict**', () => {});
    await addFiles(page, [voiceFile('interview.wav', 24)]);
    await page.locator('canvas.ready').waitFor();
    await page.getByText('Working out the emotion over time…').waitFor();
    await shoot(page, 'working');
  });

  test('several files, one of them bad', async () => {
    const page = await browser.open({ viewport: kSizes[0]!, expected: /status of 422/ });
    const text = { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('words, not audio') };
    await addFiles(page, [text, ...sampleFiles(), voiceFile('far_away.wav', 3, 0.003)]);
    await page.getByText('8 of 8 answered').waitFor();
    await shoot(page, 'bad-file');
    await page.getByRole('button', { name: 'far_away.wav', exact: true }).click();
    await shownAnswer(page);
    await page.locator('canvas.ready').waitFor();
    await page.locator('.plot .values b').getByText('dB').waitFor();
    await shoot(page, 'files');
  });
});

describe('live', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sermo-'));
  const spoken = join(folder, 'spoken.wav');
  writeFileSync(spoken, writeWav(syntheticVoice(20)));
  afterAll(() => rmSync(folder, { recursive: true }));
  const browser = useBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${spoken}`]);

  test('before, while listening, and recording', async () => {
    const page = await browser.open({ viewport: kSizes[0]!, path: '/#live' });
    await shoot(page, 'live-before');
    await page.getByRole('button', { name: 'Start listening' }).click();
    await page.waitForTimeout(7000);
    await shoot(page, 'live');
    await page.getByRole('button', { name: 'Recordings' }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('meter').waitFor();
    await shoot(page, 'recording');
  });
});
