// A voice as the service gives it, and several as one: the service counts them so too, but one is much less to send.
import { asNumber, asObject, asString, ContractError } from './reader';

/** The sums of the clips' features by feature schema: float64, little-endian, in base64url without padding. */
export interface Voice {
  format: number;
  clips: number;
  sums: Record<string, string>;
}

const kFormat = 1;

export function parseVoice(value: unknown): Voice {
  const where = 'the enrolment.voice';
  const voice = asObject(asObject(value, 'the enrolment')['voice'], where);
  if (voice['format'] !== kFormat) throw new ContractError(`${where}.format`, String(kFormat), voice['format']);
  const sums = Object.entries(asObject(voice['sums'], `${where}.sums`));
  return {
    format: kFormat,
    clips: asNumber(voice['clips'], `${where}.clips`),
    sums: Object.fromEntries(sums.map(([schema, sum]) => [schema, asString(sum, `${where}.sums`)])),
  };
}

/** Null for none. All are of the same schemas. */
export function joinVoices(voices: Voice[]): Voice | null {
  const [first, ...others] = voices;
  if (first === undefined || others.length === 0) return first ?? null;
  const sums = Object.entries(first.sums).map(([schema, text]) => {
    const total = numbersOf(text);
    for (const other of others) numbersOf(other.sums[schema] ?? '').forEach((number, index) => (total[index]! += number));
    return [schema, textOf(total)];
  });
  return { format: kFormat, clips: voices.reduce((count, voice) => count + voice.clips, 0), sums: Object.fromEntries(sums) as Record<string, string> };
}

function numbersOf(text: string): number[] {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (digit) => digit.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 8 }, (_, index) => view.getFloat64(8 * index, true));
}

function textOf(numbers: number[]): string {
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((number, index) => view.setFloat64(8 * index, number, true));
  return base64url(new Uint8Array(view.buffer));
}

/** Without padding, as RFC 4648 5 has it. */
export function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
