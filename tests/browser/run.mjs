// Runs the browser tests where Chromium is, and says plainly where it is not.
//
//   node run.mjs WEB_FOLDER     WEB_FOLDER is where npm has installed what the tests need
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const kSkipped = 77;
const web = process.argv[2];
const chromium = process.env['SERMO_CHROMIUM'] ?? '/usr/bin/chromium';

if (!existsSync(chromium)) {
  console.error(`SKIPPED: the browser tests need Chromium, and ${chromium} is not there. On Debian: apt-get install chromium; or set SERMO_CHROMIUM`);
  process.exit(kSkipped);
}
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.browser.config.ts'], { cwd: web, stdio: 'inherit' });
process.exit(status ?? 1);
