// The real program, serving its page on a free port with trained models.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Service {
  url: string; // without a slash at the end
  port: number;
  stop: () => Promise<void>;
}

export interface ServiceOptions {
  models?: string;
  port?: number; // 0 picks a free one
  flags?: string[];
}

function required(name: string, fallback: string, advice: string): string {
  const path = process.env[name] ?? fileURLToPath(new URL(fallback, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: ${advice}, or set ${name}`);
  return path;
}

/** The program under test: SERMO_PROGRAM, or what the preset `ci` builds. */
export function programPath(): string {
  return required('SERMO_PROGRAM', '../../../build/ci/bin/sermo', 'build the target sermo');
}

/** A folder that `sermo train` wrote: SERMO_MODELS, or what `./run` trains. */
export function modelsFolder(): string {
  return required('SERMO_MODELS', '../../../models', 'run `sermo train --out models`');
}

async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).ok;
}

/** Starts `sermo serve` and waits until its models are loaded. */
export async function startService({ models = modelsFolder(), port = 0, flags = [] }: ServiceOptions = {}): Promise<Service> {
  const child = spawn(programPath(), ['serve', '--quiet', '--models', models, '--port', String(port), ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await addressOf(child);
  while (!(await isReady(url))) await new Promise((resolve) => setTimeout(resolve, 50));
  return { url, port: Number(new URL(url).port), stop: () => ended(child) };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (text: Buffer) => {
      said += text.toString();
      const url = /http:\/\/\S+/.exec(said)?.[0];
      if (url !== undefined && said.includes('\n')) resolve(url.replace(/\/$/, ''));
    });
    child.stderr!.on('data', (text: Buffer) => process.stderr.write(text));
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`sermo serve ended with status ${status} before it listened`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exit;
}
