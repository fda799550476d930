import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addFiles, chooseModel, shownAnswer, voiceFile } from './support/actions';
import { serviceUrl, useBrowser } from './support/browser';
import { modelsFolder, startService } from './support/service';

const browser = useBrowser();

interface Listed {
  name: string;
  title: string;
  test: { accuracy: number };
}

const percent = (fraction: number): string => `${Math.round(fraction * 100)}%`;

async function listed(): Promise<Listed[]> {
  return (await (await fetch(`${serviceUrl}/api/v1/models`)).json()) as Listed[];
}

test('the list shows every model with its accuracy on held-out clips, the service\'s first one chosen', async () => {
  const models = await listed();
  expect(models.length).toBeGreaterThan(4);
  const page = await browser.open();
  const opener = page.getByRole('button', { name: /^Model/ });
  expect(await opener.innerText()).toContain(`${percent(models[0]!.test.accuracy)} right on known speakers`);
  await opener.click();
  const lines = await page.locator('fieldset label').allInnerTexts();
  expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual(
    models.map(({ title, test: { accuracy } }) => expect.stringMatching(new RegExp(`^${title} .*Known speakers: ${percent(accuracy)}$`))),
  );
  expect(await page.getByRole('radio').first().isChecked()).toBe(true);
});

test('the model that answers first is the one that the service asks where none is named, whatever the figures say', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sermo-'));
  cpSync(modelsFolder(), folder, { recursive: true });
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { models: { name: string; test: { accuracy: number } }[] };
  manifest.models.sort((a, b) => a.test.accuracy - b.test.accuracy); // the worst first
  writeFileSync(path, JSON.stringify(manifest));
  const service = await startService({ models: folder });
  const clip = voiceFile('default.wav', 1);
  const told = (await (await fetch(`${service.url}/api/v1/predict`, { method: 'POST', body: new Uint8Array(clip.buffer) })).json()) as { model: string };
  expect(told.model).toBe(manifest.models[0]!.name);
  const page = await browser.open({ service: service.url });
  const [request] = await Promise.all([page.waitForRequest('**/predict**'), addFiles(page, [clip])]);
  expect(new URL(request.url()).searchParams.get('model')).toBe(told.model);
  await shownAnswer(page);
  await service.stop();
});

test('what a model is worth on strangers comes first; where nobody has measured it, that is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sermo-'));
  cpSync(modelsFolder(), folder, { recursive: true });
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { models: { uar_speaker_independent: number | null }[] };
  for (const strangers of [null, 0.446]) {
    manifest.models.forEach((model, i) => (model.uar_speaker_independent = i === 0 ? strangers : null));
    writeFileSync(path, JSON.stringify(manifest));
    const service = await startService({ models: folder });
    const page = await browser.open({ service: service.url });
    const opener = page.getByRole('button', { name: /^Model/ });
    await opener.click();
    const [first, second] = await page.locator('fieldset label').allInnerTexts();
    if (strangers === null) {
      expect(await opener.innerText()).toMatch(/\d+% right on known speakers\s*not measured on strangers/);
      await page.locator('fieldset').getByText('Not measured on strangers').waitFor();
      expect(first).not.toContain('Strangers');
    } else {
      expect(await opener.innerText()).toMatch(/45% right on strangers\s*\d+% right on known speakers/);
      expect(first).toMatch(/Strangers:\s*45%\s*Known speakers:\s*\d+%/);
      expect(second).toMatch(/Strangers:\s*not measured\s*Known speakers:\s*\d+%/);
    }
    await service.stop();
  }
  rmSync(folder, { recursive: true });
});

test('another model answers about the same recordings', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('a.wav', 1), voiceFile('b.wav', 1.2)]);
  await page.getByText('2 of 2 answered').waitFor();
  await page.getByRole('button', { name: /^Model/ }).click();
  const last = page.getByRole('radio').last();
  const name = await last.getAttribute('value');
  const [request] = await Promise.all([page.waitForRequest('**/api/v1/predict**'), last.check({ force: true })]);
  expect(new URL(request.url()).searchParams.get('model')).toBe(name);
  await page.keyboard.press('Escape');
  await page.getByText('2 of 2 answered').waitFor();
  await shownAnswer(page);
});

test('an answer that is known is not asked for again', async () => {
  const page = await browser.open();
  let numAsked = 0;
  page.on('request', (request) => (numAsked += request.url().includes('/predict') ? 1 : 0));
  await addFiles(page, [voiceFile('once.wav', 1)]);
  await shownAnswer(page);
  await page.getByRole('button', { name: /^Model/ }).click();
  const titles = await page.locator('fieldset .name').allInnerTexts();
  await page.keyboard.press('Escape');
  await chooseModel(page, titles[1]!);
  await shownAnswer(page);
  await chooseModel(page, titles[0]!);
  await shownAnswer(page);
  expect(numAsked).toBe(2);
});

test('all models are compared, and how far they agree is said', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('compare.wav', 2)]);
  await shownAnswer(page);
  const panel = page.getByRole('region', { name: 'All models' });
  await panel.getByRole('button', { name: /^Compare all \d+ models/ }).click();
  const sentence = panel.getByRole('status');
  await sentence.waitFor();
  expect(await sentence.innerText()).toMatch(/(All|\d+ of) \d+ models say \w+|The models disagree/);
  const numModels = Number(/(\d+) models|of (\d+)/.exec(await sentence.innerText())!.slice(1).find(Boolean));
  expect(await panel.getByRole('row').count()).toBe(numModels + 1);
  const other = panel.getByRole('row').last().getByRole('button');
  const title = await other.innerText();
  await other.click();
  await page.getByRole('button', { name: /^Model/ }).getByText(title).waitFor();
});
