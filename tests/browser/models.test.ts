import { expect, test } from 'vitest';
import { addFiles, chooseModel, shownAnswer, voiceFile } from './support/actions';
import { useBrowser } from './support/browser';

const browser = useBrowser();

test('the list shows how often each model is right, on known and on new speakers', async () => {
  const page = await browser.open();
  await page.getByRole('button', { name: /^Model/ }).click();
  const models = page.getByRole('radio');
  const count = await models.count();
  expect(count).toBeGreaterThan(1);
  const lines = await page.locator('fieldset label').allInnerTexts();
  for (const line of lines) expect(line).toMatch(/Known speakers:\s*(\d+%|–)\s*New speakers:\s*(\d+%|–)/);
  const figures = lines.map((line) => Number(/New speakers:\s*(\d+)%/.exec(line)?.[1] ?? -1));
  expect(figures).toEqual([...figures].sort((a, b) => b - a)); // the most trustworthy first
  expect(await models.first().isChecked()).toBe(true);
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

test('a list of models that does not come is said, and can be asked for again', async () => {
  const page = await browser.open({ expected: /ERR_CONNECTION_REFUSED/ });
  let isGone = true;
  await page.route('**/api/v1/models', (route) => (isGone ? route.abort('connectionrefused') : route.continue()));
  await page.reload();
  await page.getByRole('alert').getByText('The service does not answer').waitFor();
  await addFiles(page, [voiceFile('early.wav', 1)]);
  isGone = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await shownAnswer(page); // what was added meanwhile is answered now
});
