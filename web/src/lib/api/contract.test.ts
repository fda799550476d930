import { describe, expect, test } from 'vitest';
import { parseAnswer, parseContours, parseModels, parseRows, parseStreamAnswer } from './contract';

const kAnswer = {
  path: 'a.wav',
  model: 'svm',
  duration_s: 3.7,
  label: 'angry',
  confidence: 0.83,
  uncertain: false,
  scores: [
    { label: 'angry', score: 0.83 },
    { label: 'sad', score: 0.17 },
  ],
  warnings: [],
};

describe('parseAnswer', () => {
  test('reads a row as in the contract, with and without a timeline', () => {
    expect(parseAnswer(kAnswer)).toEqual({ ...kAnswer, enrolled: null, segments: null });
    expect(parseAnswer({ ...kAnswer, enrolled: 5 }).enrolled).toBe(5);
    const silent = { start_s: 3, end_s: 6, label: null, scores: [], error: { code: 'silent', message: 'every sample is zero' } };
    const spoken = { start_s: 0, end_s: 3, label: 'sad', scores: [{ label: 'sad', score: 1 }] };
    expect(parseAnswer({ ...kAnswer, segments: [spoken, silent] }).segments).toEqual([{ ...spoken, error: null }, silent]);
  });

  test('fields added later do no harm', () => {
    expect(parseAnswer({ ...kAnswer, added_later: 1 }).label).toBe('angry');
  });

  test.each([
    ['confidence', '0.83', 'the answer.confidence should be a number, got a string'],
    ['scores', [], 'the answer.scores should be at least one score'],
    ['scores', [{ label: 'angry' }], 'the answer.scores[0].score should be a number, got nothing'],
    ['uncertain', null, 'the answer.uncertain should be true or false, got null'],
    ['warnings', {}, 'the answer.warnings should be an array, got a object'],
  ])('says which field is wrong: %s', (field, value, message) => {
    expect(() => parseAnswer({ ...kAnswer, [field]: value })).toThrow(message);
  });

  test('what is not an object is refused', () => {
    expect(() => parseAnswer(null)).toThrow('an object');
    expect(() => parseAnswer([kAnswer])).toThrow('an object');
  });
});

describe('parseRows', () => {
  test('holds answers and failures', () => {
    const rows = parseRows([kAnswer, { path: 'a.wav', error: { code: 'mismatch', message: 'schema' } }]);
    expect(rows.map((row) => row.answer?.label ?? row.error?.code)).toEqual(['angry', 'mismatch']);
  });
});

describe('parseModels', () => {
  const svm = { name: 'svm', title: 'SVM', family: 'svm', protocol: 'honest', test: { clips: 288, accuracy: 0.65, uar: 0.64 } };

  test('an array of models, each with its labels; what was not measured is null', () => {
    const [model] = parseModels([{ ...svm, schema_id: 'librosa-110/1-ab', labels: ['angry', 'sad'], uar_speaker_independent: null }]);
    expect(model).toMatchObject({ name: 'svm', schema: 'librosa-110', labels: ['angry', 'sad'], uar_speaker_independent: null, test: { accuracy: 0.65 } });
    expect(parseModels([{ name: 'x' }])).toEqual([
      { name: 'x', title: 'x', family: '', schema: '', protocol: '', labels: [], test: null, uar_speaker_independent: null },
    ]);
  });
});

describe('parseContours', () => {
  const kContours = { path: '-', duration_s: 0.02, start_s: 0, hop_s: 0.01, f0_hz: [null, 181.2], level_db: [-50, -20.3] };

  test('reads them, with null where nothing is voiced', () => {
    expect(parseContours(kContours)).toEqual(kContours);
  });

  test.each([{ f0_hz: [null] }, { f0_hz: ['a', 1] }, { hop_s: null }, { level_db: null }])('refuses %j', (wrong) => {
    expect(() => parseContours({ ...kContours, ...wrong })).toThrow(/the contours/);
  });
});

describe('parseStreamAnswer', () => {
  test('a voiced and a silent hop', () => {
    const voiced = { start_s: 0, end_s: 1, label: 'sad', scores: [{ label: 'sad', score: 1 }], level_db: -20, voiced: true };
    expect(parseStreamAnswer(voiced)).toEqual({ ...voiced, enrolled: null, error: null });
    expect(parseStreamAnswer({ start_s: 0, end_s: 1, label: null, scores: [], level_db: -90, voiced: false }).label).toBeNull();
    expect(() => parseStreamAnswer({ ...voiced, level_db: null })).toThrow('level_db');
  });
});
