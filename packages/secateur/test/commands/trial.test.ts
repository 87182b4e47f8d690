import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { project } from '../support/project.ts';
import { secateur } from '../support/terminal.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

const args = ['trial', '--spec', 'trials.jsonl#0', '--store', 'store'];

test('says which package trials need', async () => {
  expect(await secateur(project({}), ...args)).toEqual({
    code: 1,
    stdout: '',
    stderr: `secateur trial: expected the package @secateur/sweep, found none in this folder; npm install @secateur/sweep@${version}.\n`,
  });
});

test('hands its options to that of the folder, and gives its exit code', async () => {
  const folder = project({
    '@secateur/sweep': {
      manifest: {
        version,
        exports: { './commands': './commands.js', './package.json': './package.json' },
      },
      files: {
        'commands.js':
          'export const trial = async (flags, { print }) => (print(JSON.stringify(flags)), 42);',
      },
    },
  });
  const { code, stdout } = await secateur(folder, ...args, '--attempt', '3', '--accept-build');
  expect([code, JSON.parse(stdout)]).toEqual([
    42,
    { spec: 'trials.jsonl#0', store: 'store', attempt: 3, acceptBuild: true },
  ]);
});
