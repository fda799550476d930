// `npm ci` with a plain word when npm makes no progress: behind some networks it waits for minutes in silence.
//
//   node install.mjs          installs what package-lock.json names into web/node_modules
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const kSilenceS = 180; // npm reports every request; this long without one means that nothing answers
const kArguments = ['ci', '--no-audit', '--no-fund', '--loglevel=http', '--fetch-retries=2', '--fetch-timeout=60000'];

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const npm = spawn(process.env.npm_execpath ? process.execPath : 'npm', process.env.npm_execpath ? [process.env.npm_execpath, ...kArguments] : kArguments, {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'pipe'],
  detached: true, // so that its children can be ended with it
});

let lastLines = [];
let errorLines = []; // the first ones say why
let watch;

function giveUp() {
  console.error(
    `npm has made no progress for ${kSilenceS} s, so the page cannot be built now. Its package registry does not answer from here:\n` +
      'check the network or "npm config get registry", then build again. What npm said last:\n' +
      lastLines.map((line) => `  ${line}`).join('\n'),
  );
  process.kill(-npm.pid, 'SIGTERM');
  process.exitCode = 1;
}

function heard(chunk) {
  clearTimeout(watch);
  watch = setTimeout(giveUp, kSilenceS * 1000);
  const lines = String(chunk).split('\n').filter(Boolean);
  lastLines = [...lastLines, ...lines].slice(-8);
  errorLines = [...errorLines, ...lines.filter((line) => line.startsWith('npm error') || line.startsWith('npm ERR!'))].slice(0, 12);
}

// A build that is interrupted takes npm along.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    process.kill(-npm.pid, signal);
    process.exit(1);
  });

heard('');
npm.stdout.on('data', heard);
npm.stderr.on('data', heard);
npm.on('error', (error) => {
  clearTimeout(watch);
  console.error(`npm cannot be started (${error.message}). On Debian: apt-get install npm`);
  process.exitCode = 1;
});
npm.on('close', (status) => {
  clearTimeout(watch);
  if (process.exitCode) return;
  if (status !== 0) console.error(`npm ci failed:\n${(errorLines.length > 0 ? errorLines : lastLines).map((line) => `  ${line}`).join('\n')}`);
  process.exitCode = status === 0 ? 0 : 1;
});
