import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { addFiles, enrol, shownAnswer, voiceFile, waveform } from './support/actions';
import { useBrowser } from './support/browser';

const browser = useBrowser();

async function violations(page: Page): Promise<string[]> {
  await page.waitForTimeout(400); // colours are measured at rest
  // Through the debugger, which the page's Content-Security-Policy does not bind.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const runner = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations: all } = await runner.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return all.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`).join(' | ')}`);
  });
  return found;
}

async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press(key);
    const label = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      return element.getAttribute('aria-label') ?? element.innerText;
    });
    if (name.test(label)) return;
  }
  throw new Error(`no way to ${name} by ${key}`);
}

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([1600, 1280, 360])('axe finds nothing at %i pixels', async (width) => {
    const page = await browser.open({ colorScheme, viewport: { width, height: 900 }, expected: /status of 422/ });
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Model/ }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await addFiles(page, [voiceFile('axe.wav', 8)]);
    await shownAnswer(page);
    await waveform(page).waitFor();
    await page.getByRole('img', { name: /^Pitch and level over time. Pitch from/ }).waitFor();
    await page.getByRole('button', { name: 'Select a part' }).click();
    await page.getByRole('button', { name: /^Compare all/ }).click();
    await page.getByText(/models say|disagree/).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.route('**/predict**', () => {}); // as one about minutes of sound
    await addFiles(page, [voiceFile('minutes.wav', 8)]);
    await page.getByText('Working out the emotion over time…').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.unroute('**/predict**');

    await addFiles(page, [{ name: 'bad.txt', mimeType: 'text/plain', buffer: Buffer.from('not audio') }, voiceFile('quiet.wav', 1, 0.01)]);
    await page.getByRole('alert').waitFor();
    expect(await violations(page)).toEqual([]);

    await enrol(page, [voiceFile('mine.wav', 2), voiceFile('mine too.wav', 3), { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('not audio') }]);
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Live' }).click();
    expect(await violations(page)).toEqual([]);
  });
});

test('the whole way by keyboard', async () => {
  const page = await browser.open();
  const chooser = page.waitForEvent('filechooser');
  await page.evaluate(() => {}); // the browser has been told to hand it over
  await tabTo(page, /^Choose files/);
  await page.keyboard.press('Enter');
  await (await chooser).setFiles([voiceFile('keys.wav', 6)]);
  await shownAnswer(page);

  await tabTo(page, /^Model/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  const second = await page.locator('input:checked').getAttribute('value');
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Model');
  await shownAnswer(page);

  await waveform(page).waitFor(); // decoded here, while the service answers
  await tabTo(page, /^Position in the recording/);
  const at = async (): Promise<number> => Number(await waveform(page).getAttribute('aria-valuenow'));
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(at).toBeCloseTo(1.1, 2);
  await page.keyboard.press('[');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press(']');
  expect(await page.getByRole('spinbutton', { name: 'From' }).inputValue()).toBe('1.10');
  expect(await page.getByRole('spinbutton', { name: /to/ }).inputValue()).toBe('2.10');

  await tabTo(page, /^Analyse this part/);
  const [request] = await Promise.all([page.waitForRequest('**/predict**'), page.keyboard.press('Enter')]);
  expect(new URL(request.url()).searchParams.get('model')).toBe(second);
  expect((await shownAnswer(page)).context).toContain('Part 1.10–2.10 s');

  await tabTo(page, /^Compare all/);
  await page.keyboard.press('Enter');
  await page.getByText(/models say|disagree/).waitFor();
});

test('what has the focus can be seen', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('focus.wav', 6)]);
  await shownAnswer(page);
  await page.locator('body').press('Home');
  const seen = new Set<string>();
  for (let i = 0; i < 40; i += 1) {
    await page.keyboard.press('Tab');
    const { name, width } = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const outlined = element.matches('input[type=radio]') ? element.parentElement! : element;
      return { name: element.getAttribute('aria-label') ?? element.innerText.slice(0, 20), width: parseFloat(getComputedStyle(outlined).outlineWidth) };
    });
    if (name === '' || seen.has(name)) continue;
    seen.add(name);
    expect(width, name).toBeGreaterThanOrEqual(1);
  }
  expect(seen.size).toBeGreaterThan(10);
});

test('a demo clip chosen by keyboard leaves the focus at the recording', async () => {
  const page = await browser.open();
  await page.locator('.demos button').first().focus();
  await page.keyboard.press('Enter');
  await shownAnswer(page);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('recording-heading');
});

describe.each([360, 768, 1280, 1600])('%i pixels wide', (width) => {
  test('nothing is cut off', async () => {
    const page = await browser.open({ viewport: { width, height: 800 } });
    const overflow = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await addFiles(page, [voiceFile('a_name_that_goes_on_and_on_and_on_without_ever_coming_to_an_end.wav', 9), voiceFile('b.wav', 1)]);
    await page.getByText('2 of 2 answered').waitFor();
    await page.getByRole('button', { name: 'Select a part' }).click();
    await page.getByRole('button', { name: /^Compare all/ }).click();
    await page.getByText(/models say|disagree/).waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Live' }).click();
    expect(await overflow()).toBeLessThanOrEqual(0);
  });
});

describe('colours', () => {
  const background = (page: Page): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  test('follow the system, can be chosen, and stay chosen', async () => {
    const page = await browser.open({ colorScheme: 'dark' });
    const dark = await background(page);
    await page.getByRole('button', { name: 'Light' }).click();
    const light = await background(page);
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await background(page)).toBe(light);
    await page.getByRole('button', { name: 'As the system' }).click();
    expect(await background(page)).toBe(dark);
  });
});
