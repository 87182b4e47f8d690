import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { sourceCommand } from '@secateur/testing/command';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { dropUnwritable, progressBar, readRun } from '@secateur/training';
import { writeOrDrop } from '../src/output.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const command = (directory: string, mode: string): [string, ...string[]] =>
  sourceCommand(join(fixtures, 'noisy.ts'), directory, mode);

describe('a stream that takes nothing', () => {
  test('ends nothing, whether it says so at once or later', () => {
    const stream = new PassThrough();
    const before = stream.listenerCount('error');
    dropUnwritable(stream);
    dropUnwritable(stream);
    expect(stream.listenerCount('error')).toBe(before + 1);
    expect(() => stream.emit('error', new Error('EPIPE'))).not.toThrow();
    const throwing = Object.assign(new PassThrough(), {
      write: (): never => {
        throw new Error('ENOSPC');
      },
    });
    writeOrDrop(throwing, 'text');
    const progress = progressBar({ total: 2, mode: 'bar', stream: throwing });
    progress.log('line');
    progress.update(1);
    progress.stop();
  });
});

/** What a run that nothing disturbs leaves. */
let whole: { metrics: string; result: unknown } | undefined;
function outcome(directory: string): NonNullable<typeof whole> {
  return {
    metrics: readFileSync(join(directory, 'metrics.jsonl'), 'utf8'),
    result: readRun(directory).readResult(),
  };
}
function undisturbed(): NonNullable<typeof whole> {
  if (whole === undefined) {
    const directory = testFolder();
    const [program, ...args] = command(directory, 'lines');
    const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, 'done\n']);
    whole = outcome(directory);
  }
  return whole;
}

// Windows has neither shells of this kind, nor /dev, nor these terminals.
describe.skipIf(process.platform === 'win32')('a training', () => {
  test.each(['lines', 'bar'])(
    'in a pipe whose reader goes at the first line ends as any (%s)',
    (mode) => {
      const directory = testFolder();
      const script = '"$@" 2>&1 | head -1; exit "${PIPESTATUS[0]}"';
      const { status } = spawnSync('bash', ['-c', script, 'bash', ...command(directory, mode)]);
      expect(status).toBe(0);
      expect(outcome(directory)).toEqual(undisturbed());
    },
  );

  test.skipIf(!existsSync('/dev/full'))('whose log is on a full disk ends as any', async () => {
    const directory = testFolder();
    const full = openSync('/dev/full', 'w');
    const [program, ...args] = command(directory, 'lines');
    const child = spawn(program, args, { stdio: ['ignore', full, full] });
    const status = await new Promise((resolve) => child.once('close', resolve));
    closeSync(full);
    expect(status).toBe(0);
    expect(outcome(directory)).toEqual(undisturbed());
  });

  const python = spawnSync('python3', ['-c', 'import pty']).status === 0;
  test.skipIf(!python).each(['lines', 'bar'])(
    'whose terminal is closed saves, ends with 129 and goes on to the same bits (%s)',
    (mode) => {
      const directory = testFolder();
      const terminal = join(fixtures, 'terminal.py');
      const args = [terminal, '/200', ...command(directory, mode)];
      const { stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
      expect(stdout, stderr).toBe('129\n');
      const { step } = readRun(directory).latestCheckpoint()!;
      expect(step).toBeGreaterThan(0);
      expect(step).toBeLessThan(200);
      const [program, ...rest] = command(directory, 'lines');
      expect(spawnSync(program, rest).status).toBe(0);
      expect(outcome(directory)).toEqual(undisturbed());
    },
  );
});
