import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { addFiles, sampleFiles, shownAnswer, voiceFile } from './support/actions';
import { useBrowser } from './support/browser';

const browser = useBrowser();

test.each(sampleFiles().map((file) => [file.name, file] as const))('a recording is answered: %s', async (name, file) => {
  const page = await browser.open();
  await addFiles(page, [file]);
  const answer = await shownAnswer(page);
  expect(answer.emotion).toMatch(/^(Perhaps\s+)?(angry|calm|disgust|fearful|happy|neutral|sad|surprised)$/i);
  expect(answer.confidence).toMatch(/^(Very confident|Confident|Fairly confident|Not very confident|Uncertain) \d+%$/);
  expect(answer.bars).toBe(8);
  await page.getByRole('heading', { name }).waitFor();
  await page.locator('.spectrogram canvas.ready').waitFor();
});

test('the demo clips cover six formats', () => {
  expect(sampleFiles().map((file) => file.name.split('.').at(-1)).sort()).toEqual(['aac', 'flac', 'm4a', 'mp3', 'ogg', 'wav']);
});

test('a demo clip is one click away', async () => {
  const page = await browser.open();
  await page.locator('.demos button').first().click();
  await shownAnswer(page);
});

test('a dropped file is taken', async () => {
  const page = await browser.open();
  const bytes = voiceFile('dropped.wav', 1).buffer.toString('base64');
  await page.evaluate((base64) => {
    const data = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([data], 'dropped.wav', { type: 'audio/wav' }));
    document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }, bytes);
  await page.getByRole('heading', { name: 'dropped.wav' }).waitFor();
  await shownAnswer(page);
});

test('several files become a table, with the failed one among them, and one download', async () => {
  const page = await browser.open({ expected: /status of 422/, acceptDownloads: true });
  const text = { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('this is not audio at all, just words') };
  await addFiles(page, [voiceFile('one.wav', 1), text, voiceFile('three.wav', 1.5)]);
  const table = page.getByRole('table').first();
  await page.getByText('3 of 3 answered').waitFor();
  expect(await table.getByRole('row').count()).toBe(4);
  await table.getByText('This is not a recording that can be read').waitFor();

  await table.getByRole('button', { name: 'three.wav', exact: true }).click();
  await page.getByRole('heading', { name: 'three.wav' }).waitFor();

  const files = page.getByRole('region', { name: /^Recordings/ });
  const [csv] = await Promise.all([page.waitForEvent('download'), files.getByRole('button', { name: 'CSV' }).click()]);
  const lines = (await streamText(await csv.createReadStream())).trim().split('\n');
  expect(lines[0]).toBe('path,model,duration_s,label,confidence,angry,calm,disgust,fearful,happy,neutral,sad,surprised,error');
  expect(lines.map((line) => line.split(',')[0])).toEqual(['path', 'one.wav', 'letter.txt', 'three.wav']);

  const [json] = await Promise.all([page.waitForEvent('download'), files.getByRole('button', { name: 'JSON' }).click()]);
  const rows = JSON.parse(await streamText(await json.createReadStream())) as { path: string; error?: { code: string } }[];
  expect(rows.map((row) => [row.path, row.error?.code])).toEqual([['one.wav', undefined], ['letter.txt', 'unsupported'], ['three.wav', undefined]]);

  await table.getByRole('button', { name: 'Remove letter.txt' }).click();
  expect(await table.getByRole('row').count()).toBe(3);
});

test('a bad file is said in plain words, and the next try works', async () => {
  const page = await browser.open({ expected: /status of 422/ });
  await addFiles(page, [{ name: 'fake.wav', mimeType: 'audio/wav', buffer: Buffer.from('RIFF is what I claim to be') }]);
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/damaged|cannot be read|can be read/);
  await page.getByText('There is nothing to show').waitFor();
  await addFiles(page, [voiceFile('good.wav', 1)]);
  await shownAnswer(page);
  expect(await alert.count()).toBe(0);
});

test.each([
  ['silence', { name: 'silence.wav', gain: 0, durationS: 1 }, 'only silence'],
  ['a click', { name: 'click.wav', gain: 0.5, durationS: 0.02 }, 'too short'],
])('%s gets its own words', async (_, { name, gain, durationS }, words) => {
  const page = await browser.open({ expected: /status of 422/ });
  await addFiles(page, [voiceFile(name, durationS, gain)]);
  await page.getByRole('alert').getByText(words).first().waitFor();
});

test('a too large file is said in plain words, and the next try works', async () => {
  const page = await browser.open({ expected: /status of 413/ });
  const huge = join(mkdtempSync(join(tmpdir(), 'sermo-')), 'huge.mp3');
  writeFileSync(huge, Buffer.alloc(33 * 1024 * 1024, 'ID3'));
  await page.getByRole('region', { name: 'Add a recording' }).locator('input[type=file]').setInputFiles(huge);
  await page.getByRole('alert').getByText(/too large|larger than it accepts/).first().waitFor();
  await addFiles(page, [voiceFile('good.wav', 1)]);
  await shownAnswer(page);
  rmSync(dirname(huge), { recursive: true });
});

test('a quiet recording carries its warning', async () => {
  const page = await browser.open();
  await addFiles(page, [voiceFile('quiet.wav', 2, 0.003)]);
  await shownAnswer(page);
  expect(await page.getByRole('list', { name: 'About the recording' }).innerText()).toMatch(/quiet/i);
});

test('a busy service is asked again by itself', async () => {
  const page = await browser.open({ expected: /status of 429/ });
  let numAsked = 0;
  await page.route('**/api/v1/predict**', async (route) => {
    numAsked += 1;
    if (numAsked > 1) return route.continue();
    const body = JSON.stringify({ title: 'Too Many Requests', status: 429, code: 'unavailable', detail: 'the queue is full' });
    return route.fulfill({ status: 429, contentType: 'application/problem+json', headers: { 'Retry-After': '1' }, body });
  });
  await addFiles(page, [voiceFile('patient.wav', 1)]);
  await shownAnswer(page);
  expect(numAsked).toBe(2);
});

async function streamText(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
