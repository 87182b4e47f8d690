// The npm scripts that people type, as npm runs them.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { npmCommand } from '@secateur/testing/command';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { root } from './root.ts';

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => {
  removeFolder(folder);
});

// A process group and its signals are POSIX's; on Windows a test cannot press Ctrl-C for one program alone.
describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  // Steps of a tenth of a second: a launcher that loses patience with a busy program ends it before it has saved.
  const sizes =
    '--preset quick-iss --from-year 2012 --max-vocab 500 --embed 400 --hidden 400,400 --batch 64 --steps 35'.split(
      ' ',
    );

  test('on npm run lm saves a checkpoint, although npm and its shell hear it too', async () => {
    const run = join(folder, 'run');
    const [program, ...args] = npmCommand('npm', 'run', 'lm', '--', 'train', '--run', run);
    // A group of its own, as a terminal makes it for what is typed.
    const child = spawn(program, [...args, ...sizes], { cwd: root, detached: true });
    let stderr = '';
    const ended = new Promise<void>((resolve) => {
      child.on('close', () => {
        resolve();
      });
    });
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        stderr += text.toString();
        if (stderr.includes('would take a component to zero')) resolve();
      });
      void ended.then(resolve);
    });
    process.kill(-child.pid!, 'SIGINT');
    await ended;
    expect(stderr).toMatch(/stopped at step \d+, saved; the same command goes on from there/);
    expect(readdirSync(join(run, 'checkpoints'))).toEqual([
      expect.stringMatching(/^step-\d+\.safetensors$/),
    ]);
    expect(readdirSync(run)).not.toContain('.lock');
  });
});
