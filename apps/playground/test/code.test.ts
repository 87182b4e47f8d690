import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeOnnx, onnxMetadata } from '@secateur/onnx';
import { countMacs } from '@secateur/groups';
import { expect, test } from 'vitest';
import { codeFor } from '../src/code/code.ts';
import { defaults, inAddress, type Settings } from '../src/settings.ts';
import { drawnGesture } from '../src/tasks/gesture-task.ts';
import { randomNumbers } from '../src/tasks/random.ts';

const wave = inAddress(drawnGesture('wave', randomNumbers(1)));

// Below the packages, so that Node finds them as it does in a project that has installed them.
const folder = join(import.meta.dirname, '.doctest/code');

/** Runs the code for some settings, and gives the multiply-adds that it prints, before and after. */
function run(name: string, some: Partial<Settings>): { before: number; after: number } {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const file = join(own, 'train.ts');
  writeFileSync(file, codeFor({ ...defaults, ...some }));
  const args = ['--import', 'tsx', '--conditions=@secateur/source', file];
  const said = execFileSync(process.execPath, args, { cwd: own, encoding: 'utf8' });
  const [, before, after] = /multiply-adds +([\d,]+) +([\d,]+)/.exec(said)!;
  const number = (text: string): number => Number(text.replaceAll(',', ''));
  const onnx = decodeOnnx(readFileSync(join(own, 'network.onnx')));
  expect(countMacs(onnxMetadata(onnx).layout!)).toBe(number(after!));
  return { before: number(before!), after: number(after!) };
}

const small = { units: 12, layers: 1, steps: 40, keep: 50 };

test('the code trains, meets its budget and writes the network', () => {
  const { before, after } = run('characters', small);
  // 27 characters, an embedding of 16, four gates of 12 units.
  expect(before).toBe(4 * 12 * (16 + 12) + 12 * 27);
  expect(after).toBeLessThanOrEqual(before / 2);
});

// The others take their time: `.ci/run` runs them, and `SECATEUR_ALL_CODE=1 npx vitest run`.
test.runIf(process.env['SECATEUR_ALL_CODE'] === '1').each([
  ['words', { ...small, task: 'words', cell: 'gru' }],
  ['sine', { ...small, task: 'sine', layers: 2 }],
  ['gestures', { ...small, task: 'gestures', cell: 'rhn', gestures: [wave] }],
  ['lambda', { ...small, task: 'sine', cell: 'gru', keep: null, lambda: 20 }],
] as const)('so does that of %s', (name, some) => {
  const { before, after } = run(name, some);
  expect(after).toBeLessThanOrEqual(before / 2);
});
