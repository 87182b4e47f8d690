import { Command } from 'commander';
import { print, runProgram, say, SettingsError } from '@secateur/app/command';
import { TrainingError } from '@secateur/training/run';
import { afterEach, describe, expect, test, vi } from 'vitest';

const orders = 'red \u001b[31m, back \u009b1A\r';
const escaped = String.raw`red \u001b[31m, back \u009b1A\r`;

/** What a call writes to a stream of the console. */
function written(stream: 'log' | 'error', call: () => void): unknown[] {
  const spy = vi.spyOn(console, stream).mockImplementation(() => undefined);
  call();
  return spy.mock.calls.map(([text]) => text as unknown);
}

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe('what a model or a text brings along is no order to the terminal', () => {
  test('in results', () => {
    expect(written('log', () => print({}, false, () => `a\n${orders}`))).toEqual([`a\n${escaped}`]);
  });

  test('in JSON, which means the same', () => {
    const value = { answer: orders };
    const [text] = written('log', () => print(value, true, () => ''));
    expect(text).not.toMatch(/\p{Cc}/u);
    expect(JSON.parse(text as string)).toEqual(value);
  });

  test('in what is said on the way', () => {
    expect(written('error', () => say(orders))).toEqual([escaped]);
  });

  test('in errors, whose quotations are cut', async () => {
    const program = new Command('p').action(() => {
      throw new Error(`found "${orders}${'x'.repeat(1e6)}".\n  a second line`);
    });
    const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    process.argv = ['node', 'p'];
    await runProgram(program);
    const text = spy.mock.calls[0]![0] as string;
    expect(text.length).toBeLessThan(400);
    expect(text).toMatch(/^p: found "red \\u001b\[31m.*x\.\.\.x+"\.\n {2}a second line$/);
  });
});

test.each([
  ['a divergence', new TrainingError('It diverged.', { code: 'diverged' }), 42],
  ['settings that do not fit', new SettingsError('No.'), 42],
  ['a full disk', new TrainingError('It is full.', { code: 'file' }), 1],
  ['anything else', new Error('No.'), 1],
])('after %s schedulers know by the exit code whether to try again', async (_, error, code) => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  process.argv = ['node', 'p'];
  await runProgram(
    new Command('p').action(() => {
      throw error;
    }),
  );
  expect(process.exitCode).toBe(code);
});
