import { describe, expect, test } from 'vitest';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { secateur } from '../support/terminal.ts';

const words = fixture('words.safetensors');

describe('secateur verify', () => {
  test('a model is the same as itself, and says what ran it', async () => {
    const { code, stdout } = await secateur('.', 'verify', words, words, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      maxAbsDifference: 0,
      // 2 sequences of 12 steps with 20 logits each.
      values: 2 * 12 * 20,
      by: ['float64 in JavaScript', 'float64 in JavaScript'],
      equal: true,
    });
  });
  test('the seed decides the inputs, and their number the options', async () => {
    const largest = async (...args: string[]): Promise<unknown> =>
      (
        JSON.parse((await secateur('.', 'verify', words, words, '--json', ...args)).stdout) as {
          largest: number;
        }
      ).largest;
    expect(await largest()).toBe(await largest('--seed', '1'));
    expect(await largest()).not.toBe(await largest('--seed', '2'));
    const text = await secateur('.', 'verify', words, words, '--batch', '3', '--steps', '5');
    expect(text.stdout).toMatch(/^largest difference +0 in 300 values of at most /);
  });
  test('a weaker model is not the same, unless the tolerance says so', async () => {
    const folder = emptyFolder();
    await secateur(folder, 'prune', words, '--target', 'macs=0.5', '-o', 'small.safetensors');
    const { code, stdout } = await secateur(folder, 'verify', words, 'small.safetensors');
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nnot the same, at a tolerance of 1\.0e-5\n$/);
    const wide = await secateur(folder, 'verify', words, 'small.safetensors', '--tolerance', '100');
    expect(wide.code).toBe(0);
  });
  test('models of other inputs, or that nothing runs, cannot be compared', async () => {
    const other = await secateur('.', 'verify', words, fixture('both.safetensors'));
    expect(other).toMatchObject({
      code: 1,
      stderr:
        'secateur verify: expected two models that take the same, found [2, 12] of ids below 20 and [2, 12, 3]; are they the same network?\n',
    });
    const none = await secateur('.', 'verify', words, fixture('pair.safetensors'));
    expect(none.stderr).toMatch(
      /^secateur verify: expected layers that follow each other, found decoder, encoder, out, of which names and widths do not tell the order/,
    );
  });
  test.each(['--batch=0', '--steps=x', '--tolerance=-1', '--seed=1.5'])(
    '%s makes no sense',
    async (flag) => {
      expect(await secateur('.', 'verify', words, words, flag)).toMatchObject({
        code: 2,
        stdout: '',
      });
    },
  );
});
