// Services that stop, that come back, and that want a token: real ones, each started for its test.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { addFiles, shownAnswer, voiceFile } from './support/actions';
import { useBrowser } from './support/browser';
import { startService, type Service, type ServiceOptions } from './support/service';

const browser = useBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);

const running: Service[] = [];
const start = async (options: ServiceOptions = {}): Promise<Service> => {
  const service = await startService(options);
  running.push(service);
  return service;
};
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
});

const kGone = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket connection/;

test('a service that has stopped is said, and Try again works when it is back', async () => {
  const service = await start();
  const page = await browser.open({ service: service.url, expected: kGone });
  await service.stop();
  await addFiles(page, [voiceFile('again.wav', 1)]);
  const alert = page.getByRole('alert');
  await alert.getByText('The service does not answer').waitFor();
  await alert.getByText('sermo serve').waitFor(); // what helps
  await start({ port: service.port });
  // Pitch and level have a button of their own.
  await page.getByLabel('Answer').getByRole('button', { name: 'Try again' }).click();
  await shownAnswer(page);
  expect(await alert.count()).toBe(0);
});

test('a list of models that does not come is said, and can be asked for again', async () => {
  const service = await start();
  const page = await browser.open({ service: service.url, expected: kGone });
  let isGone = true; // the page has to come, so only this one call is cut off
  await page.route('**/api/v1/models', (route) => (isGone ? route.abort('connectionrefused') : route.continue()));
  await page.reload();
  await page.getByRole('alert').getByText('The service does not answer').waitFor();
  await addFiles(page, [voiceFile('early.wav', 1)]);
  isGone = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await shownAnswer(page); // what was added meanwhile is answered now
});

test('a comparison that finds no service says so, and can be asked for again', async () => {
  const service = await start();
  const page = await browser.open({ service: service.url, expected: kGone });
  await addFiles(page, [voiceFile('compare.wav', 1)]);
  await shownAnswer(page);
  await service.stop();
  const panel = page.getByRole('region', { name: 'All models' });
  await panel.getByRole('button', { name: /^Compare all/ }).click();
  await panel.getByRole('alert').getByText('The service does not answer').waitFor();
  await start({ port: service.port });
  await panel.getByRole('button', { name: /^Compare all/ }).click();
  await panel.getByText(/models say|disagree/).waitFor();
});

test('a live stream whose service stops says so, keeps what was heard, and can be started again', async () => {
  const service = await start();
  const page = await browser.open({ service: service.url, path: '/#live', expected: kGone });
  await page.getByRole('button', { name: 'Start listening' }).click();
  await page.waitForTimeout(1500);
  await service.stop();
  await page.getByRole('alert').getByText(/does not answer|is not ready/).waitFor();
  await page.getByRole('button', { name: 'Analyse the recording' }).waitFor();
  await start({ port: service.port });
  await page.getByRole('button', { name: 'Start listening' }).click();
  await page.getByRole('region', { name: 'Live' }).locator('.figure').first().getByText('%').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('a service that wants a token asks for it; a wrong one is said; the right one works and is remembered', async () => {
  const tokenFile = join(mkdtempSync(join(tmpdir(), 'sermo-')), 'token');
  writeFileSync(tokenFile, 'open sesame\n');
  const service = await start({ flags: ['--token-file', tokenFile] });
  const page = await browser.open({ service: service.url, expected: /status of 401|WebSocket connection/, isReady: false });
  const alert = page.getByRole('alert');
  await alert.getByText('The service asks for an access token').waitFor();
  const field = page.getByLabel('Access token');
  await field.fill('open barley');
  await field.press('Enter');
  await alert.getByText('That token was not accepted').waitFor();
  await page.getByLabel('Access token').fill('open sesame');
  await page.getByRole('button', { name: 'Use this token' }).click();
  await page.getByRole('button', { name: /^Model/ }).and(page.locator(':enabled')).waitFor();
  expect(await alert.count()).toBe(0);
  await addFiles(page, [voiceFile('secret.wav', 1)]);
  await shownAnswer(page);
  await page.reload();
  await page.getByRole('button', { name: /^Model/ }).and(page.locator(':enabled')).waitFor();

  await page.getByRole('button', { name: 'Live' }).click();
  await page.getByRole('button', { name: 'Start listening' }).click();
  await page.getByRole('region', { name: 'Live' }).locator('.figure').first().getByText('%').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  writeFileSync(tokenFile, 'open poppy\n');
  await service.stop();
  await start({ port: service.port, flags: ['--token-file', tokenFile] });
  await page.getByRole('button', { name: 'Start listening' }).click();
  await alert.getByText('That token was not accepted').waitFor();
});
