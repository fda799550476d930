import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addFiles, dragAcross, shownAnswer, voiceFile, waveform } from './support/actions';
import { useBrowser } from './support/browser';
import { readWav } from './support/wav';

const browser = useBrowser(['--autoplay-policy=no-user-gesture-required']);

test('the waveform plays, and the playhead moves with the sound', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('play.wav', 4)]);
  await waveform(page).waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForFunction(() => Number(document.querySelector('[role=slider]')!.getAttribute('aria-valuenow')) > 0.3);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const stoppedAt = Number(await waveform(page).getAttribute('aria-valuenow'));
  await page.waitForTimeout(300);
  expect(Number(await waveform(page).getAttribute('aria-valuenow'))).toBeCloseTo(stoppedAt, 1);
});

test('a dragged part is cut out, sent as a wav of its length, and answered', async () => {
  const page = await browser.open({ acceptDownloads: true });
  await addFiles(page, [voiceFile('cut.wav', 4)]);
  await shownAnswer(page);
  await dragAcross(page, 0.25, 0.75);
  const [response] = await Promise.all([
    page.waitForResponse('**/api/v1/predict**'),
    page.getByRole('button', { name: 'Analyse this part' }).click(),
  ]);
  expect(((await response.json()) as { duration_s: number }).duration_s).toBeCloseTo(2, 1);
  const answer = await shownAnswer(page);
  expect(answer.context).toMatch(/Part (0\.9|1\.0)\d–(2\.9|3\.0)\d s/);

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the audio' }).click()]);
  const wav = readWav(readFileSync(await download.path()))!; // the same as was sent
  expect(wav.sampleRateHz).toBe(22050); // the recording's own
  expect(wav.samples.length / wav.sampleRateHz).toBeCloseTo(2, 1);

  await page.getByRole('button', { name: 'Whole clip' }).click();
  expect((await shownAnswer(page)).context).toContain('Whole clip');
});

test('a part is marked in numbers too, and kept inside the recording', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('numbers.wav', 3)]);
  await page.getByRole('button', { name: 'Select a part' }).click();
  const to = page.getByRole('spinbutton', { name: /to/ });
  await to.fill('99');
  await to.press('Tab');
  expect(await to.inputValue()).toBe('3.00');
  const from = page.getByRole('spinbutton', { name: 'From' });
  await from.fill('2.95');
  await from.press('Tab');
  expect(await from.inputValue()).toBe('2.80'); // a fifth of a second is the least
});

test('the spectrogram is painted, and again in other colours for the dark', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('picture.wav', 2)]);
  await page.locator('canvas.ready').waitFor();
  const pixels = (): Promise<{ colors: number; sum: number }> =>
    page.locator('canvas.ready').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const colors = new Set<number>();
      let sum = 0;
      for (let i = 0; i < data.length; i += 4) {
        colors.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
        sum += data[i]! + data[i + 1]! + data[i + 2]!;
      }
      return { colors: colors.size, sum };
    });
  const light = await pixels();
  expect(light.colors).toBeGreaterThan(100);
  await page.getByRole('button', { name: 'Dark' }).click();
  await page.waitForTimeout(200);
  const dark = await pixels();
  expect(dark.colors).toBeGreaterThan(100);
  expect(dark.sum).toBeLessThan(light.sum);
});

test('a long recording has a timeline that leads the playhead and follows it', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('long.wav', 12)]);
  await shownAnswer(page);
  const timeline = page.getByRole('group', { name: 'Emotion over time' });
  const stretches = timeline.getByRole('button');
  const count = await stretches.count();
  expect(count).toBeGreaterThan(0);
  await stretches.nth(count - 1).click();
  const start = Number(/([\d.]+) to/.exec((await stretches.nth(count - 1).getAttribute('aria-label'))!)![1]);
  expect(Number(await waveform(page).getAttribute('aria-valuenow'))).toBeCloseTo(start, 1);
  await waveform(page).focus();
  await page.keyboard.press('Home');
  await expect.poll(() => stretches.first().getAttribute('aria-current')).toBe('time');
  await page.keyboard.press('End');
  await expect.poll(() => stretches.nth(count - 1).getAttribute('aria-current')).toBe('time');
  expect(await page.locator('.readout').innerText()).toMatch(/^9\.0–12\.0 s/);
});

test('while the timeline is worked out the page says so, and lets go when told to', async () => {
  const page = await browser.open();
  let isAborted = false;
  page.on('requestfailed', () => (isAborted = true));
  await page.route('**/predict**', () => {}); // no answer comes
  await addFiles(page, [voiceFile('minutes.wav', 12)]);
  const status = page.getByRole('status').getByText('Working out the emotion over time…');
  await status.waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('alert').getByText('Cancelled').waitFor();
  expect(await status.count()).toBe(0);
  expect(isAborted).toBe(true);
  await page.unroute('**/predict**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await shownAnswer(page);
  await page.getByRole('group', { name: 'Emotion over time' }).waitFor();
});

test('minutes of sound are answered in the end, with a timeline of as many windows', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('minutes.wav', 150)]);
  await page.getByRole('group', { name: 'Emotion over time' }).waitFor({ timeout: 50_000 });
  expect(await page.locator('.timeline rect').count()).toBeGreaterThan(140);
});

test('a short recording has no timeline', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('short.wav', 2)]);
  await shownAnswer(page);
  expect(await page.getByRole('group', { name: 'Emotion over time' }).count()).toBe(0);
});

/** The pitch that is drawn at a share of the width, in Hz as the axis says it; null where there is none. */
async function drawnPitchHz(page: Page, share: number): Promise<number | null> {
  return page.locator('.plot .pitch').evaluate((lane: HTMLElement, at) => {
    const box = lane.getBoundingClientRect();
    const marks = [...lane.querySelectorAll('span')].map((mark) => ({ hz: Number(mark.innerText), box: mark.getBoundingClientRect() })).filter(({ hz }) => hz > 0);
    const [low, high] = [marks[0]!, marks.at(-1)!].map(({ hz, box: { top, height } }) => ({ octave: Math.log2(hz), y: (top + height / 2 - box.top) / box.height }));
    for (const stretch of lane.querySelector('path')!.getAttribute('d')!.split('M').slice(1)) {
      for (const [, x, y] of stretch.matchAll(/(?:^|L)([\d.]+) ([\d.]+)/g)) {
        if (Math.abs(Number(x) / 1000 - at) > 0.003) continue;
        return 2 ** (low!.octave + ((Number(y) - low!.y) / (high!.y - low!.y)) * (high!.octave - low!.octave));
      }
    }
    return null;
  }, share);
}

test('pitch and level are drawn under the waveform, as long as it and where they belong', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('melody.wav', 4)]);
  const plot = page.getByRole('img', { name: /^Pitch and level over time. Pitch from \d+ to \d+ hertz/ });
  await plot.waitFor();
  const [wave, box] = [(await waveform(page).boundingBox())!, (await plot.boundingBox())!];
  expect([box.x, box.width]).toEqual([wave.x, wave.width]);
  expect(box.y).toBeGreaterThanOrEqual(wave.y + wave.height);

  // The made-up voice has a melody that is known: see support/voice.ts. It pauses from 1.75 to 2.1 s.
  for (const seconds of [0.5, 1, 1.5, 2.5, 3, 3.5]) {
    const inPhrase = seconds % 2.1;
    const wantedHz = 120 + 60 * Math.floor(seconds / 2.1) - 30 * (inPhrase / 2.1) + 25 * Math.sin(2 * Math.PI * 1.7 * seconds);
    const drawnHz = await drawnPitchHz(page, seconds / 4);
    expect(drawnHz, `at ${seconds} s`).not.toBeNull();
    expect(Math.abs(Math.log2(drawnHz! / wantedHz)), `${drawnHz} at ${seconds} s`).toBeLessThan(0.06);
  }
  expect(await drawnPitchHz(page, 1.95 / 4)).toBeNull();
});

test('the plot says what is at the playhead, and moves it', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('melody.wav', 4)]);
  const plot = page.getByRole('img', { name: /^Pitch and level over time. Pitch/ });
  await plot.waitFor();
  const box = (await plot.boundingBox())!;
  await plot.click({ position: { x: box.width / 4, y: box.height / 2 } });
  await expect.poll(async () => Number(await waveform(page).getAttribute('aria-valuenow'))).toBeCloseTo(1, 1);
  const readout = plot.locator('.values');
  await expect.poll(() => readout.innerText()).toMatch(/Pitch\s+\d+ Hz\s+Level\s+−\d+ dB/);
  expect(Number(/(\d+) Hz/.exec(await readout.innerText())![1])).toBeGreaterThan(80);
  await plot.click({ position: { x: (box.width * 1.95) / 4, y: box.height / 2 } });
  await expect.poll(() => readout.innerText()).toMatch(/Pitch\s+–/);
});

test('a plot that does not come is said, and can be asked for again', async () => {
  const page = await browser.open({ expected: /ERR_FAILED/ });
  await page.route('**/contours', (route) => route.abort());
  await addFiles(page, [voiceFile('alone.wav', 2)]);
  await shownAnswer(page);
  await page.getByText('Pitch and level are missing. The service does not answer.').waitFor();
  await page.unroute('**/contours');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('img', { name: /^Pitch and level over time. Pitch from/ }).waitFor();
});

test('answers go along as JSON and CSV, and as a curl line', async () => {
  const page = await browser.open({ acceptDownloads: true, grant: ['clipboard-read', 'clipboard-write'] });
  await addFiles(page, [voiceFile('take away.wav', 1)]);
  await shownAnswer(page);
  const [json] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as JSON' }).click()]);
  expect(json.suggestedFilename()).toBe('take away.wav.json');
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as CSV' }).click()]);
  expect(csv.suggestedFilename()).toBe('take away.wav.csv');
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  await page.getByText('The curl line is in the clipboard').waitFor({ state: 'attached' });
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^curl -sS -F 'file=@"take away\.wav"' 'http:\/\/127\.0\.0\.1:\d+\/api\/v1\/predict\?model=\w+&timeline=true'$/,
  );
});
