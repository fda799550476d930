// Pictures of the main states, for a person to look at. They land in SERMO_SCREENSHOTS, or build/screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, test } from 'vitest';
import { addFiles, dragAcross, shownAnswer, voiceFile, waveform } from './support/actions';
import { useBrowser } from './support/browser';
import { writeWav } from './support/wav';
import { syntheticVoice } from './support/voice';

const kFolder = process.env['SERMO_SCREENSHOTS'] ?? fileURLToPath(new URL('../../build/screenshots', import.meta.url));
mkdirSync(kFolder, { recursive: true });

const kLooks = [
  { look: 'light-1280', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { look: 'dark-1280', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { look: 'light-360', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { look: 'dark-1600', colorScheme: 'dark', viewport: { width: 1600, height: 1000 } },
] as const;

const browser = useBrowser();

describe.each(kLooks)('$look', ({ look, ...options }) => {
  const shoot = async (page: Page, name: string): Promise<void> => {
    await page.waitForTimeout(400); // bars and fades come to rest
    await page.screenshot({ path: join(kFolder, `${name}-${look}.png`), fullPage: true });
  };

  test('empty, model list, short clip with a part marked', async () => {
    const page = await browser.open(options);
    await shoot(page, 'empty');
    await page.getByRole('button', { name: /^Model/ }).click();
    await shoot(page, 'models');
    await page.keyboard.press('Escape');
    await page.locator('.demos button').first().click();
    await shownAnswer(page);
    await waveform(page).waitFor();
    await page.locator('canvas.ready').waitFor();
    await shoot(page, 'clip');
    await dragAcross(page, 0.3, 0.62);
    await page.getByRole('button', { name: 'Analyse this part' }).click();
    await shownAnswer(page);
    await shoot(page, 'part');
  });

  test('long clip with timeline, comparison', async () => {
    const page = await browser.open(options);
    await addFiles(page, [voiceFile('interview.wav', 24)]);
    await shownAnswer(page);
    await page.locator('canvas.ready').waitFor();
    await waveform(page).focus();
    for (let i = 0; i < 9; i += 1) await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: /^Compare all/ }).click();
    await page.getByText(/models say|disagree/).waitFor();
    await shoot(page, 'compare');
  });

  test('several files, one of them bad', async () => {
    const page = await browser.open({ ...options, expected: /status of 422/ });
    const text = { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('words, not audio') };
    const files = [1.4, 2.2, 0.4, 3.9].map((seconds, i) => voiceFile(`answer_${i + 1}.wav`, seconds, i === 3 ? 0.01 : 0.5));
    await addFiles(page, [text, ...files]);
    await page.getByText('5 of 5 answered').waitFor();
    await shoot(page, 'bad-file');
    await page.getByRole('button', { name: 'answer_4.wav', exact: true }).click();
    await shownAnswer(page);
    await page.locator('canvas.ready').waitFor();
    await shoot(page, 'files');
  });
});

describe('live', () => {
  const wav = join(kFolder, 'spoken.wav');
  const live = useBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${wav}`]);

  test.each(kLooks)('$look', async ({ look, ...options }) => {
    const { writeFileSync } = await import('node:fs');
    writeFileSync(wav, writeWav(syntheticVoice(20)));
    const page = await live.open({ ...options, path: '/#live' });
    await page.getByRole('button', { name: 'Start listening' }).click();
    await page.waitForTimeout(9000);
    await page.screenshot({ path: join(kFolder, `live-${look}.png`), fullPage: true });
  });
});
