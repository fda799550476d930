// Answers as files and as a command: the same JSON and CSV as `sermo predict` writes.
import type { Answer } from '../api/contract';
import type { ServiceProblem } from '../api/problem';

/** One line of a download: an answer, or why there is none. */
export type ExportRow = { path: string } & ({ answer: Answer; raw: unknown } | { model: string; problem: ServiceProblem });

export function toJson(rows: ExportRow[]): string {
  const values = rows.map((row) =>
    'answer' in row
      ? { ...(row.raw as object), path: row.path }
      : { path: row.path, model: row.model, error: { code: row.problem.code, message: row.problem.detail || row.problem.code } },
  );
  return `${JSON.stringify(values.length === 1 ? values[0] : values, null, 2)}\n`;
}

/** Columns `path,model,duration_s,label,confidence,<labels>,error`; labels in alphabetical order. */
export function toCsv(rows: ExportRow[]): string {
  const labels = [...new Set(rows.flatMap((row) => ('answer' in row ? row.answer.scores.map((score) => score.label) : [])))].sort();
  const lines = rows.map((row) => {
    if (!('answer' in row)) return [row.path, row.model, '', '', '', ...labels.map(() => ''), row.problem.detail || row.problem.code];
    const { answer } = row;
    const scores = new Map(answer.scores.map((score) => [score.label, score.score]));
    return [row.path, answer.model, answer.duration_s, answer.label, answer.confidence, ...labels.map((label) => scores.get(label) ?? ''), ''];
  });
  const header = ['path', 'model', 'duration_s', 'label', 'confidence', ...labels, 'error'];
  return [header, ...lines].map((line) => `${line.map(csvField).join(',')}\n`).join('');
}

function csvField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line for a shell that asks the same again. The token stays out of it: the shell has it as SERMO_TOKEN. */
export function curlLine(url: URL, fileName: string, needsToken = false): string {
  const header = needsToken ? '-H "Authorization: Bearer $SERMO_TOKEN" ' : '';
  return `curl -sS ${header}-F ${shellQuoted(`file=@"${fileName.replace(/(["\\])/g, '\\$1')}"`)} ${shellQuoted(url.href)}`;
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
