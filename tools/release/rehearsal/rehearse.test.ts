// How a rehearsal ends early. A whole one is `npm run release:rehearse`, which .ci/run runs.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ToolError } from '@secateur/testing/system';
import { copyTracked } from './copy.ts';
import { rehearse } from './rehearse.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let root: string;
const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' });
const never = new AbortController().signal;

beforeEach(() => {
  folder = temporaryFolder();
  root = join(folder, 'root');
  mkdirSync(join(root, 'inner'), { recursive: true });
  mkdirSync(join(folder, 'temporary'));
  writeFileSync(join(root, 'package.json'), '{ "private": true }');
  writeFileSync(join(root, 'inner/a file.txt'), 'first');
  git('init', '--quiet');
  git('add', '--all');
  vi.stubEnv('TMPDIR', join(folder, 'temporary'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  removeFolder(folder);
});

// A group of processes is POSIX's, and the Nodes that a rehearsal uses are not on npm for Windows.
describe.skipIf(process.platform === 'win32')('on POSIX', () => {
  test('copyTracked copies the tracked files as they are now, and commits them', async () => {
    symlinkSync('inner', join(root, 'link'));
    writeFileSync(join(root, 'removed.txt'), '');
    git('add', '--all');
    rmSync(join(root, 'removed.txt'));
    writeFileSync(join(root, 'inner/a file.txt'), 'second');
    writeFileSync(join(root, 'untracked.txt'), '');
    const target = join(folder, 'copy');
    await copyTracked(root, target, { env: process.env, signal: never });
    expect(readFileSync(join(target, 'inner/a file.txt'), 'utf8')).toBe('second');
    const files = execFileSync('git', ['ls-tree', '-r', '--name-only', 'HEAD'], { cwd: target });
    expect(files.toString().trim().split('\n')).toEqual([
      'inner/a file.txt',
      'link',
      'package.json',
    ]);
    expect(readdirSync(target).sort()).toEqual(['.git', 'inner', 'link', 'package.json']);
  });

  describe('rehearse', () => {
    const left = (): string[] => readdirSync(join(folder, 'temporary'));

    test('leaves nothing after a failure, and says what the command printed', async () => {
      const failing = rehearse({ root, nodes: [], say: () => undefined, signal: never });
      // There is no lock.
      await expect(failing).rejects.toThrow(
        /^release: expected ".*npm.* ci" to succeed in .*, found exit 1; what it printed:\n.*EUSAGE/,
      );
      expect(left()).toEqual([]);
    });
    test('leaves nothing after an interrupt', async () => {
      const stop = new AbortController();
      const reason = new ToolError('interrupted');
      const seen: string[] = [];
      const interrupted = rehearse({
        root,
        nodes: [],
        say: (line) => {
          if (line !== 'npm ci') return;
          seen.push(...left());
          stop.abort(reason);
        },
        signal: stop.signal,
      });
      await expect(interrupted).rejects.toBe(reason);
      expect(seen).toHaveLength(1);
      expect(left()).toEqual([]);
    });
  });

  test('runCommand ends a command and what it started when the signal aborts', async () => {
    const stop = new AbortController();
    const note = join(folder, 'note');
    const inner = `require('fs').writeFileSync(${JSON.stringify(note)}, 'started'); setInterval(() => {}, 1000)`;
    const outer = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;
    const running = runCommand([process.execPath, '-e', outer], {
      cwd: folder,
      env: process.env,
      signal: stop.signal,
    });
    await vi.waitFor(() => readFileSync(note), { timeout: 60_000, interval: 20 });
    stop.abort(new ToolError('interrupted'));
    // Both held stdout open: that it was closed shows that both have ended.
    await expect(running).rejects.toThrow('interrupted');
  });
});
