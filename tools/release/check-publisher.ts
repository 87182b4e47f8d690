// The first step of npm run release, which .github/workflows/release.yml runs: stops it where npm could use anything but
// trusted publishing.
import { execFileSync } from 'node:child_process';
import { npmCommand } from '@secateur/testing/command';
import { obstacles } from './trusted-publishing.ts';

function npm(...args: string[]): string {
  const [program, ...rest] = npmCommand('npm', ...args);
  return execFileSync(program, rest, { encoding: 'utf8' }).trim();
}

const problems = obstacles({
  node: process.versions.node,
  npm: npm('--version'),
  env: process.env,
  config: npm('config', 'list'),
});
for (const line of problems) console.error(`release: ${line}.`);
if (problems.length > 0) process.exitCode = 1;
