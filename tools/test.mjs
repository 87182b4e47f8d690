// `npm test`: runs every package's tests through nx (cached), builds, checks the packed packages, and closes with one
// line that adds everything up.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const results = ['packages', 'examples', '.']
  .flatMap((folder) =>
    folder === '.'
      ? [join(root, 'tools')]
      : readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  )
  .map((folder) => join(folder, '.test-results.json'));

// A result that a crashed runner left behind must not be counted as this run's.
for (const file of results) rmSync(file, { force: true });

const run = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
    .status ?? 1;

const nx = (target, ...args) =>
  run('npx', ['nx', 'run-many', '-t', target, '--output-style=stream', ...args]);

const status = nx('test', ...process.argv.slice(2));
// The checks of the packed packages pack what is built.
const toolsStatus =
  nx('build') || run('npx', ['vitest', 'run', '--config', 'tools/vitest.config.ts']);

const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of results.filter(existsSync)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  total.skipped += report.numPendingTests + report.numTodoTests;
}
// A file that fails to load has no failed tests of its own; the exit status still says so.
if ((status !== 0 || toolsStatus !== 0) && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(status || toolsStatus);
