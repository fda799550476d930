import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shownAnswer, waveform } from './support/actions';
import { useBrowser } from './support/browser';
import { readWav, writeWav, levelDb } from './support/wav';
import { syntheticVoice } from './support/voice';

// Chromium plays this file into its fake microphone, over and over.
const spoken = join(mkdtempSync(join(tmpdir(), 'sermo-')), 'spoken.wav');
writeFileSync(spoken, writeWav(syntheticVoice(6)));
const kFakeMicrophone = ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${spoken}`];

describe('with a microphone', () => {
  const browser = useBrowser([...kFakeMicrophone, '--use-fake-ui-for-media-stream']);

  test('a recording is made, heard back and answered', async () => {
    const page = await browser.open({ acceptDownloads: true });
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('meter', { name: 'Microphone level' }).waitFor();
    await page.waitForTimeout(2500);
    const [response] = await Promise.all([page.waitForResponse('**/api/v1/predict**'), page.getByRole('button', { name: 'Stop and analyse' }).click()]);
    expect(((await response.json()) as { duration_s: number }).duration_s).toBeGreaterThan(1.5);
    await shownAnswer(page);
    await waveform(page).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the audio' }).click()]);
    expect(levelDb(readWav(readFileSync(await download.path()))!.samples)).toBeGreaterThan(-40); // sound, not silence
    expect(await page.locator('#recording-heading').innerText()).toMatch(/^recording_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.wav$/);
  });

  test('live: probabilities roll while speaking; what was said can be analysed afterwards', async () => {
    const page = await browser.open();
    await page.getByRole('button', { name: 'Live' }).click();
    await page.getByRole('button', { name: 'Start listening' }).click();
    const live = page.getByRole('region', { name: 'Live' });
    const figures = live.locator('.figure');
    await expect.poll(() => figures.allInnerTexts(), { timeout: 15_000 }).toEqual(Array(8).fill(expect.stringMatching(/^[<>]?\d+%$/)));
    await expect.poll(() => live.locator('.emotion').innerText(), { timeout: 15_000 }).toMatch(/^(Angry|Calm|Disgust|Fearful|Happy|Neutral|Sad|Surprised)$/);
    await page.waitForTimeout(2000);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Analyse the recording' }).click();
    await shownAnswer(page);
  });

  test('live goes on with another model', async () => {
    const page = await browser.open({ path: '/#live' });
    const [first] = await Promise.all([page.waitForEvent('websocket'), page.getByRole('button', { name: 'Start listening' }).click()]);
    await page.getByRole('button', { name: /^Model/ }).click();
    const [second] = await Promise.all([page.waitForEvent('websocket'), page.getByRole('radio').last().check({ force: true })]);
    expect(second.url()).not.toBe(first.url());
    await expect.poll(() => first.isClosed()).toBe(true);
    await page.getByRole('region', { name: 'Live' }).locator('.figure').first().getByText('%').waitFor();
  });
});

describe('when the microphone is refused', () => {
  const browser = useBrowser([...kFakeMicrophone, '--deny-permission-prompts']);

  test.each([
    ['Record', '/'],
    ['Start listening', '/#live'],
  ])('%s says so, and can be pressed again', async (button, path) => {
    const page = await browser.open({ path });
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('alert').getByText('The microphone was not allowed').waitFor();
    expect(await page.getByRole('button', { name: button, exact: true }).isEnabled()).toBe(true);
  });
});

describe('without a microphone', () => {
  const browser = useBrowser();

  test('the page says so', async () => {
    const page = await browser.open({ grant: ['microphone'] });
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('alert').getByText('No microphone was found').waitFor();
  });

  test('permission is asked for only on pressing a button', async () => {
    const page = await browser.open();
    await page.evaluate(() => {
      const devices = navigator.mediaDevices;
      const original = devices.getUserMedia.bind(devices);
      devices.getUserMedia = (constraints) => {
        document.body.dataset['asked'] = 'yes';
        return original(constraints);
      };
    });
    await page.getByRole('button', { name: 'Live' }).click();
    await page.waitForTimeout(200);
    expect(await page.locator('body').getAttribute('data-asked')).toBeNull();
  });

  test('on a page that is not secure, what helps is said', async () => {
    const page = await browser.open();
    await page.evaluate(() => Object.defineProperty(globalThis, 'isSecureContext', { value: false }));
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByRole('alert').getByText('only on a secure page').waitFor();
  });
});
