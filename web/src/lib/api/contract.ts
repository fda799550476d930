// What the service says, as types with the names on the wire, and the checks that make them true.
import { asArray, asBoolean, asNullable, asNumber, asObject, asString, ContractError } from './reader';

/** A part of a recording, in seconds from its start. */
export interface TimeRange {
  start_s: number;
  end_s: number;
}

export interface Score {
  label: string;
  score: number; // calibrated probability, 0 to 1
}

export interface RowError {
  code: string;
  message: string;
}

/** An answer over one window of a timeline; `label` is null and `error` says why where there is none. */
export interface Segment extends TimeRange {
  label: string | null;
  scores: Score[]; // most probable first
  error: RowError | null;
}

/** One recording answered by one model. */
export interface Answer {
  path: string;
  model: string;
  duration_s: number;
  label: string;
  confidence: number;
  uncertain: boolean; // the confidence is below the model's threshold
  scores: Score[]; // most probable first
  warnings: string[]; // plain sentences about the recording, and about the voice where one is known
  enrolled: number | null; // clips of the voice that were taken into account
  segments: Segment[] | null;
}

/** What one model of `model=all` gave: an answer, or why there is none. */
export type Row = { answer: Answer; error: null } | { answer: null; error: RowError; model: string | null };

/** Pitch and level of a recording, one value each `hop_s`. */
export interface Contours {
  path: string;
  duration_s: number;
  start_s: number; // of the first value
  hop_s: number;
  f0_hz: (number | null)[]; // null where nothing is voiced
  level_db: number[]; // relative to full scale; as many
}

/** One message of the live stream. */
export interface StreamAnswer extends Segment {
  level_db: number; // of the newest audio, relative to full scale
  voiced: boolean;
  enrolled: number | null; // as in Answer
}

export interface ModelInfo {
  name: string;
  title: string;
  family: string;
  schema: string; // the name of its features: 'librosa-110'
  protocol: string;
  labels: string[];
  test: { clips: number; accuracy: number; uar: number | null } | null; // clips not seen in training, of speakers that were
  uar_speaker_independent: number | null; // on speakers not heard in training
}

export function parseScore(value: unknown, where: string): Score {
  const object = asObject(value, where);
  return { label: asString(object['label'], `${where}.label`), score: asNumber(object['score'], `${where}.score`) };
}

function parseRowError(value: unknown, where: string): RowError {
  const object = asObject(value, where);
  return { code: asString(object['code'], `${where}.code`), message: asString(object['message'], `${where}.message`) };
}

export function parseSegment(value: unknown, where: string): Segment {
  const object = asObject(value, where);
  return {
    start_s: asNumber(object['start_s'], `${where}.start_s`),
    end_s: asNumber(object['end_s'], `${where}.end_s`),
    label: asNullable(object['label'], `${where}.label`, asString),
    scores: asArray(object['scores'], `${where}.scores`, parseScore),
    error: asNullable(object['error'], `${where}.error`, parseRowError),
  };
}

export function parseAnswer(value: unknown, where = 'the answer'): Answer {
  const object = asObject(value, where);
  const scores = asArray(object['scores'], `${where}.scores`, parseScore);
  if (scores.length === 0) throw new ContractError(`${where}.scores`, 'at least one score', undefined);
  return {
    path: asString(object['path'], `${where}.path`),
    model: asString(object['model'], `${where}.model`),
    duration_s: asNumber(object['duration_s'], `${where}.duration_s`),
    label: asString(object['label'], `${where}.label`),
    confidence: asNumber(object['confidence'], `${where}.confidence`),
    uncertain: asBoolean(object['uncertain'], `${where}.uncertain`),
    scores,
    warnings: asArray(object['warnings'], `${where}.warnings`, asString),
    enrolled: asNullable(object['enrolled'], `${where}.enrolled`, asNumber),
    segments: asNullable(object['segments'], `${where}.segments`, (list, at) => asArray(list, at, parseSegment)),
  };
}

export function parseRow(value: unknown, where: string): Row {
  const object = asObject(value, where);
  if (object['error'] === undefined) return { answer: parseAnswer(value, where), error: null };
  return {
    answer: null,
    error: parseRowError(object['error'], `${where}.error`),
    model: asNullable(object['model'], `${where}.model`, asString),
  };
}

export function parseRows(value: unknown): Row[] {
  return asArray(value, 'the answers', parseRow);
}

export function parseContours(value: unknown): Contours {
  const where = 'the contours';
  const object = asObject(value, where);
  const contours = {
    path: asString(object['path'], `${where}.path`),
    duration_s: asNumber(object['duration_s'], `${where}.duration_s`),
    start_s: asNumber(object['start_s'], `${where}.start_s`),
    hop_s: asNumber(object['hop_s'], `${where}.hop_s`),
    f0_hz: asArray(object['f0_hz'], `${where}.f0_hz`, (hz, at) => asNullable(hz, at, asNumber)),
    level_db: asArray(object['level_db'], `${where}.level_db`, asNumber),
  };
  if (contours.f0_hz.length !== contours.level_db.length) throw new ContractError(`${where}.level_db`, 'as long as f0_hz', contours.level_db);
  return contours;
}

export function parseStreamAnswer(value: unknown): StreamAnswer {
  const object = asObject(value, 'the live answer');
  return {
    ...parseSegment(value, 'the live answer'),
    level_db: asNumber(object['level_db'], 'the live answer.level_db'),
    voiced: asBoolean(object['voiced'], 'the live answer.voiced'),
    enrolled: asNullable(object['enrolled'], 'the live answer.enrolled', asNumber),
  };
}

function parseModel(value: unknown, where: string): ModelInfo {
  const object = asObject(value, where);
  const name = asString(object['name'], `${where}.name`);
  return {
    name,
    title: asNullable(object['title'], `${where}.title`, asString) ?? name,
    family: asNullable(object['family'], `${where}.family`, asString) ?? '',
    schema: (asNullable(object['schema_id'], `${where}.schema_id`, asString) ?? '').split('/')[0]!,
    protocol: asNullable(object['protocol'], `${where}.protocol`, asString) ?? '',
    labels: asNullable(object['labels'], `${where}.labels`, (list, at) => asArray(list, at, asString)) ?? [],
    test: asNullable(object['test'], `${where}.test`, (test, at) => {
      const metrics = asObject(test, at);
      return {
        clips: asNumber(metrics['clips'], `${at}.clips`),
        accuracy: asNumber(metrics['accuracy'], `${at}.accuracy`),
        uar: asNullable(metrics['uar'], `${at}.uar`, asNumber),
      };
    }),
    uar_speaker_independent: asNullable(object['uar_speaker_independent'], `${where}.uar_speaker_independent`, asNumber),
  };
}

/** The models as the service lists them: the first is the one that answers where none is named. */
export function parseModels(value: unknown): ModelInfo[] {
  return asArray(value, 'the models', parseModel);
}
