// npm run release: publishes what npm does not have yet, for .github/workflows/release.yml. It refuses to start where npm
// could use anything but trusted publishing.
import { execFileSync, spawnSync } from 'node:child_process';
import { obstacles } from './trusted-publishing.ts';

const npm = (...args: string[]): string => execFileSync('npm', args, { encoding: 'utf8' }).trim();

const found = obstacles({
  node: process.versions.node,
  npm: npm('--version'),
  env: process.env,
  config: npm('config', 'list'),
});
if (found.length > 0) {
  console.error(found.map((line) => `release: ${line}.`).join('\n'));
  process.exitCode = 1;
} else {
  // The action that runs this reads the printed tags.
  const { status } = spawnSync('npx', ['changeset', 'publish'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
