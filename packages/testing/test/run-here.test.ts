/* eslint-disable no-console -- what a command prints is what is tested */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runHere } from '../src/run-here.ts';

const state = () => ({
  argv: process.argv,
  execArgv: process.execArgv,
  exitCode: process.exitCode,
  console: globalThis.console,
  out: process.stdout.write,
  error: process.stderr.write,
});

test('a command finds its words, and what it prints and its code are given back', async () => {
  const before = state();
  const ended = await runHere(
    async () => {
      console.log('words:', ...process.argv.slice(2));
      process.stdout.write('é\n');
      await Promise.resolve();
      console.error('bad');
      process.stderr.write('worse\n');
      process.exitCode = 3;
    },
    'cli.ts',
    ['a', '-b'],
  );
  expect(ended).toEqual({ code: 3, stdout: 'words: a -b\né\n', stderr: 'bad\nworse\n' });
  expect(state()).toEqual(before);
  expect(await runHere(() => Promise.resolve(), 'cli.ts', [])).toMatchObject({ code: 0 });
});

test('a command that throws leaves the process as it was', async () => {
  const before = state();
  const ended = runHere(() => Promise.reject(new Error('no')), 'cli.ts', []);
  await expect(ended).rejects.toThrow('no');
  expect(state()).toEqual(before);
});

test('a process that it starts as it was started runs TypeScript on the sources', async () => {
  const cli = join(import.meta.dirname, 'fixtures', 'prints-source.ts');
  const ended = await runHere(
    () => {
      const [program, own, ...words] = process.argv as [string, string, ...string[]];
      const command = [...process.execArgv, own, ...words];
      console.log(execFileSync(program, command, { encoding: 'utf8' }).trim());
      return Promise.resolve();
    },
    cli,
    [],
  );
  expect(ended.stdout).toMatch(/groups[\\/]src[\\/]/);
});

test('two at a time are refused', async () => {
  const first = runHere(() => Promise.resolve(), 'cli.ts', []);
  await expect(runHere(() => Promise.resolve(), 'cli.ts', [])).rejects.toThrow(
    'runHere: expected one command at a time, found another; await it.',
  );
  await first;
});
