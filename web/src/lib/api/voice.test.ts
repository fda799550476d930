import { expect, test } from 'vitest';
import { base64url, joinVoices, parseVoice, type Voice } from './voice';

function voice(clips: number, sums: Record<string, number[]>): Voice {
  const texts = Object.entries(sums).map(([schema, numbers]) => [schema, base64url(new Uint8Array(new Float64Array(numbers).buffer))]);
  return { format: 1, clips, sums: Object.fromEntries(texts) as Record<string, string> };
}

test('several voices are one: their clips and their sums', () => {
  const joined = joinVoices([voice(1, { a: [0.1, -2e300], b: [5] }), voice(2, { a: [0.2, 1e300], b: [-7.5] }), voice(1, { a: [0, 0], b: [1] })]);
  expect(joined).toEqual(voice(4, { a: [0.1 + 0.2, -1e300], b: [-1.5] }));
});

test('one is itself, none is none', () => {
  const one = voice(1, { a: [1] });
  expect(joinVoices([one])).toBe(one);
  expect(joinVoices([])).toBeNull();
});

test('base64url as the service writes it', () => {
  expect(base64url(new Uint8Array([0xfb, 0xff, 0xfe]))).toBe('-__-');
  expect(base64url(new Uint8Array([0x66, 0x6f]))).toBe('Zm8');
});

test('what is no voice is refused', () => {
  const good = voice(1, { a: [1] });
  expect(parseVoice({ enrolled: 1, voice: good, refused: [] })).toEqual(good);
  for (const bad of [null, 1, {}, { voice: null }, { voice: { ...good, format: 2 } }, { voice: { ...good, clips: '1' } }, { voice: { ...good, sums: { a: 1 } } }])
    expect(() => parseVoice(bad)).toThrow('should be');
});
