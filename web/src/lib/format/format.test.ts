import { describe, expect, test } from 'vitest';
import type { Answer, Segment } from '../api/contract';
import { ServiceProblem } from '../api/problem';
import { agreement, agreementSentence } from './agreement';
import { confidenceMeaning, confidenceWords, percent } from './confidence';
import { emotionColor, emotionName } from './emotion';
import { curlLine, toCsv, toJson } from './export';
import { cellAt, timelineCells, timelineRuns } from './timeline';
import { bytes, clock, duration, elapsed, kilohertz } from './units';

function answerOf(label: string, model = 'svm'): Answer {
  const scores = [
    { label, score: 0.75 },
    { label: 'zen', score: 0.25 },
  ];
  return { path: 'x', model, duration_s: 1.5, label, confidence: 0.75, uncertain: false, scores, warnings: [], enrolled: null, segments: null };
}

test('confidence in words and per cent', () => {
  expect(confidenceWords({ confidence: 0.95, uncertain: false })).toBe('Very confident');
  expect(confidenceWords({ confidence: 0.7, uncertain: false })).toBe('Confident');
  expect(confidenceWords({ confidence: 0.3, uncertain: false })).toBe('Not very confident');
  expect(confidenceWords({ confidence: 0.95, uncertain: true })).toBe('Uncertain');
  expect(confidenceMeaning({ confidence: 0.99, uncertain: false })).toContain('9 in 10');
  expect(confidenceMeaning({ confidence: 0.62, uncertain: false })).toContain('6 in 10');
  expect(confidenceMeaning({ confidence: 0.3, uncertain: true })).toContain('a guess');
  expect([0, 0.001, 0.005, 0.126, 0.996, 1].map(percent)).toEqual(['0%', '<1%', '1%', '13%', '>99%', '100%']);
});

test('labels as names and colours, known or not', () => {
  expect(emotionName('very_angry')).toBe('Very angry');
  expect(emotionColor('sadness')).toBe('var(--emotion-sad)');
  expect(emotionColor('boredom')).toMatch(/^var\(--emotion-[a-z]+\)$/);
});

test('units', () => {
  expect([3.66, 59.96, 125].map(duration)).toEqual(['3.7 s', '1:00', '2:05']);
  expect([clock(0), clock(59.6), clock(61.25, true), clock(3.7, true), clock(0.05, true)]).toEqual(['0:00', '1:00', '1:01.2', '0:03.7', '0:00.0']);
  expect([0.2, 41.4, 1234].map(elapsed)).toEqual(['1 ms', '41 ms', '1.2 s']);
  expect([12, 2048, 5 * 1024 * 1024].map(bytes)).toEqual(['12 B', '2 kB', '5.0 MB']);
  expect([44100, 16000, 24414].map(kilohertz)).toEqual(['44.1 kHz', '16 kHz', '24.414 kHz']);
});

describe('agreement', () => {
  test('counts votes and pairs', () => {
    const { votes, pairwise } = agreement(['sad', 'angry', 'sad', 'sad'].map((label) => answerOf(label)));
    expect(votes).toEqual([
      { label: 'sad', count: 3 },
      { label: 'angry', count: 1 },
    ]);
    expect(pairwise).toBe(0.5); // 3 of 6 pairs
  });

  test('in a sentence', () => {
    const say = (...labels: string[]): string => agreementSentence(agreement(labels.map((label) => answerOf(label))));
    expect(say('sad', 'sad')).toBe('All 2 models say sad');
    expect(say('sad', 'sad', 'happy')).toBe('2 of 3 models say sad');
    expect(say('sad', 'happy')).toBe('The models disagree: 1 of 2 say happy, as many say sad');
    expect(say('sad')).toBe('The only model says sad');
    expect(say()).toBe('No model could answer');
  });
});

describe('timeline', () => {
  const segment = (start_s: number, end_s: number, label: string | null): Segment => ({ start_s, end_s, label, scores: [], error: null });
  const segments = [segment(0, 3, 'sad'), segment(1, 4, 'sad'), segment(2, 5, null), segment(2.5, 5.5, 'happy')];
  const cells = timelineCells(segments, 5.5);

  test('cells meet halfway between the middles of their windows and fill the recording', () => {
    expect(cells.map((cell) => [cell.start_s, cell.end_s])).toEqual([[0, 2], [2, 3], [3, 3.75], [3.75, 5.5]]);
  });

  test('neighbours with one label become one run', () => {
    expect(timelineRuns(cells).map((run) => [run.label, run.start_s, run.end_s, run.cells.length])).toEqual([
      ['sad', 0, 3, 2],
      [null, 3, 3.75, 1],
      ['happy', 3.75, 5.5, 1],
    ]);
  });

  test('the cell of a moment', () => {
    expect(cellAt(cells, 0)?.segment).toBe(segments[0]);
    expect(cellAt(cells, 3)?.segment).toBe(segments[2]);
    expect(cellAt(cells, 99)?.segment).toBe(segments[3]);
    expect(cellAt([], 1)).toBeNull();
  });
});

describe('downloads', () => {
  const problem = new ServiceProblem({ status: 422, code: 'silent', detail: 'every sample is zero', retryAfterS: null });
  const rows = [
    { path: 'a, "b".wav', answer: answerOf('sad'), raw: { path: 'x', label: 'sad', added_later: 1 } },
    { path: 'c.wav', model: 'svm', problem },
  ];

  test('csv with the columns of sermo predict', () => {
    expect(toCsv(rows)).toBe(
      'path,model,duration_s,label,confidence,sad,zen,error\n' +
        '"a, ""b"".wav",svm,1.5,sad,0.75,0.75,0.25,\n' +
        'c.wav,svm,,,,,,every sample is zero\n',
    );
  });

  test('json as the service sent it, under the name on the page', () => {
    expect(JSON.parse(toJson(rows.slice(0, 1)))).toEqual({ path: 'a, "b".wav', label: 'sad', added_later: 1 });
    expect(JSON.parse(toJson(rows))[1]).toEqual({ path: 'c.wav', model: 'svm', error: { code: 'silent', message: 'every sample is zero' } });
  });

  test('a curl line that a shell takes, whatever the file is called', () => {
    expect(curlLine(new URL('http://localhost:8080/api/v1/predict?model=svm&timeline=true'), `it's "a".wav`)).toBe(
      `curl -sS -F 'file=@"it'\\''s \\"a\\".wav"' 'http://localhost:8080/api/v1/predict?model=svm&timeline=true'`,
    );
    expect(curlLine(new URL('http://h/p'), 'a.wav', true)).toBe(`curl -sS -H "Authorization: Bearer $SERMO_TOKEN" -F 'file=@"a.wav"' 'http://h/p'`);
  });
});
