// What a person does on the page, and what they see, in the words of the tests.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { syntheticVoice } from './voice';
import { writeWav } from './wav';

export interface TestFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export function voiceFile(name: string, durationS: number, gain = 0.5): TestFile {
  return { name, mimeType: 'audio/wav', buffer: writeWav(syntheticVoice(durationS, gain)) };
}

/** The demo clips of the repository: one in each of six formats. */
export function sampleFiles(): TestFile[] {
  const folder = process.env['SERMO_SAMPLES'] ?? fileURLToPath(new URL('../../../samples', import.meta.url));
  return readdirSync(folder)
    .filter((name) => ['.wav', '.mp3', '.flac', '.ogg', '.opus', '.m4a', '.aac', '.webm'].includes(extname(name)))
    .sort()
    .map((name) => ({ name, mimeType: 'application/octet-stream', buffer: readFileSync(join(folder, name)) }));
}

export async function addFiles(page: Page, files: TestFile[]): Promise<void> {
  await page.getByRole('region', { name: 'Add a recording' }).locator('input[type=file]').setInputFiles(files);
}

/** The part of the page about the speaker's own voice. */
export function voicePanel(page: Page) {
  return page.getByRole('region', { name: /^Your voice/ });
}

/** Gives clips of the speaker's own voice, and waits until all are heard. */
export async function enrol(page: Page, files: TestFile[]): Promise<void> {
  await voicePanel(page).locator('input[type=file]').setInputFiles(files);
  await voicePanel(page).getByRole('status').getByText(/used/).waitFor();
}

export interface ShownAnswer {
  emotion: string;
  confidence: string;
  bars: number;
  context: string;
}

/** Waits for the answer of the shown recording. */
export async function shownAnswer(page: Page): Promise<ShownAnswer> {
  const panel = page.locator('section[aria-labelledby=answer-heading]');
  await panel.getByText(/answered in/).waitFor();
  return {
    emotion: (await panel.locator('.emotion').innerText()).trim(),
    confidence: (await panel.locator('.confidence').innerText()).replace(/\s+/g, ' ').trim(),
    bars: await panel.getByRole('list', { name: 'Probability of each emotion' }).getByRole('listitem').count(),
    context: (await panel.locator('.context').innerText()).trim(),
  };
}

export function waveform(page: Page) {
  return page.getByRole('slider', { name: 'Position in the recording' });
}

/** Marks a part by dragging, in fractions of the width. */
export async function dragAcross(page: Page, from: number, to: number): Promise<void> {
  await waveform(page).scrollIntoViewIfNeeded();
  const box = (await waveform(page).boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 4 });
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await page.mouse.up();
}

export async function chooseModel(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: /^Model/ }).click();
  await page.getByRole('radio', { name: title }).check({ force: true });
  await page.keyboard.press('Escape');
}
