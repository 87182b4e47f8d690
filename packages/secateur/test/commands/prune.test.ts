import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedArray } from '@secateur/groups';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { describe, expect, test } from 'vitest';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { secateur, type Ended } from '../support/terminal.ts';

interface Report {
  readonly exact: boolean;
  readonly sizes: Readonly<Record<string, { before: number; after: number }>>;
  readonly macs: { readonly before: number; readonly after: number };
  readonly bytes: { readonly before: number; readonly after: number };
  readonly measured: { readonly maxAbsDifference: number; readonly notMeasured?: string };
}

const words = fixture('words.safetensors');
const prune = (folder: string, ...args: string[]): Promise<Ended> =>
  secateur(folder, 'prune', ...args);
const reportOf = ({ stdout }: Ended): Report => JSON.parse(stdout) as Report;

describe('secateur prune', () => {
  test('removes exactly the dead units, in the sizes that one nn.LSTM has, and computes the same', async () => {
    const folder = emptyFolder();
    const report = reportOf(await prune(folder, words, '-o', 'small.safetensors', '--json'));
    // Of 8 units 3 and 2 are dead: the layers of one module keep 6 each.
    expect(report.sizes).toMatchObject({ h1: { after: 6 }, h2: { after: 6 } });
    expect(report.exact).toBe(true);
    expect(report.measured.maxAbsDifference).toBeLessThan(1e-12);
    const file = join(folder, 'small.safetensors');
    expect(report.bytes).toEqual({ before: 6792, after: readFileSync(file).length });
    const { tensors } = decodeSafetensors(readFileSync(file));
    expect(tensors['rnn.weight_hh_l0']!.shape).toEqual([24, 6]);
    expect(tensors['decoder.weight']!.shape).toEqual([20, 6]);
    expect(await secateur(folder, 'verify', words, 'small.safetensors')).toMatchObject({ code: 0 });
  });
  test('--any-size removes all of them', async () => {
    const folder = emptyFolder();
    const report = reportOf(
      await prune(folder, words, '-o', 'a.safetensors', '--any-size', '--json'),
    );
    expect(report.sizes).toMatchObject({ h1: { after: 5 }, h2: { after: 6 } });
    expect(report.measured.maxAbsDifference).toBeLessThan(1e-12);
  });
  test('meets a target, says that it is no longer exact, and rounds', async () => {
    const folder = emptyFolder();
    const args = [words, '--target', 'macs=0.4', '--round-to', '2', '-o', 'small.safetensors'];
    const report = reportOf(await prune(folder, ...args, '--json'));
    expect(report.exact).toBe(false);
    expect(report.macs.after).toBeLessThanOrEqual(0.4 * report.macs.before);
    expect(report.sizes['h1']!.after % 2).toBe(0);
    expect(report.measured.maxAbsDifference).toBeGreaterThan(1e-3);
    const text = (await prune(folder, ...args, '--force')).stdout;
    expect(text).toMatch(/^multiply-adds +1,184 +/m);
    expect(text).toContain(
      '\nUnits that are read went too: train it on, or judge it by its task.\n',
    );
  });
  test('takes sizes of dimensions, units to keep and the dimensions that may change', async () => {
    const folder = emptyFolder();
    const sized = await prune(
      folder,
      words,
      '--target',
      'units=h1:3',
      '--any-size',
      '-o',
      'a.safetensors',
      '--json',
    );
    expect(reportOf(sized).sizes['h1']).toMatchObject({ after: 3 });
    const kept = await prune(
      folder,
      words,
      '--any-size',
      '--at-least',
      '7',
      '-o',
      'b.safetensors',
      '--json',
    );
    expect(reportOf(kept).sizes).toMatchObject({ h1: { after: 7 }, h2: { after: 7 } });
    const one = await prune(
      folder,
      words,
      '--any-size',
      '--dims',
      'h2',
      '-o',
      'c.safetensors',
      '--json',
    );
    expect(reportOf(one).sizes).toMatchObject({ h1: { after: 8 }, h2: { after: 6 } });
  });
  test('a file that it wrote knows its layout, and float16 stays float16, to the bit', async () => {
    const folder = emptyFolder();
    const both = fixture('both.safetensors');
    await prune(folder, both, '--target', 'macs=0.5', '-o', 'small.safetensors');
    const { tensors, metadata } = decodeSafetensors(
      readFileSync(join(folder, 'small.safetensors')),
    );
    expect(new Set(Object.values(tensors).map(({ dtype }) => dtype))).toEqual(new Set(['F16']));
    expect(Object.keys(metadata)).toEqual(['secateur']);
    const before = decodeSafetensors(readFileSync(both)).tensors['head.bias']!;
    expect(tensors['head.bias']).toEqual(before);
    const again = await secateur(folder, 'inspect', 'small.safetensors', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ notes: [], format: /PyTorch/ });
  });
  test('whole numbers in the file stay as they are', async () => {
    const folder = emptyFolder();
    const normed = fixture('normed.safetensors');
    expect(
      await prune(folder, normed, '--target', 'macs=0.8', '-o', 'a.safetensors', '--any-size'),
    ).toMatchObject({ code: 0 });
    const { tensors } = decodeSafetensors(readFileSync(join(folder, 'a.safetensors')));
    expect(tensors['scale.num_batches_tracked']).toMatchObject({ dtype: 'I64', shape: [] });
    expect(tensors['lstm.weight_hh_l1']!.shape).toEqual([24, 6]);
  });
});

describe('secateur prune refuses', () => {
  /** The message, once nothing was written. */
  const refusal = async (folder: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await prune(folder, ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(existsSync(join(folder, 'out'))).toBe(false);
    return stderr;
  };
  test('a target that cannot be met, and names the nearest', async () => {
    expect(await refusal(emptyFolder(), words, '--target', 'macs=0.01', '-o', 'out')).toMatch(
      /^secateur prune: chooseKept: expected .*, found /,
    );
  });
  test('a model without dead units, when there is no target', async () => {
    expect(await refusal(emptyFolder(), fixture('both.safetensors'), '-o', 'out')).toBe(
      'secateur prune: expected units that may go, found none that is dead; say what the model may cost: --target macs=0.5.\n',
    );
  });
  test('a model of which nothing can be pruned, with the reasons', async () => {
    expect(await refusal(emptyFolder(), fixture('pair.safetensors'), '-o', 'out')).toMatch(
      /^secateur prune: expected a dimension that can be pruned, found none: decoder\.h2: kept, as /,
    );
  });
  test('a dimension that it does not have', async () => {
    expect(await refusal(emptyFolder(), words, '--dims', 'h9', '-o', 'out')).toBe(
      'secateur prune: expected dimensions that can be pruned (h1, h2), found "h9"; see secateur inspect.\n',
    );
  });
  test('a smaller model that gives no numbers', async () => {
    const folder = emptyFolder();
    const some = (...shape: number[]): NamedArray => ({
      shape,
      data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.1),
    });
    const shapes = {
      ...{ 'emb/embeddings': [20, 8], 'lstm/kernel': [8, 32], 'lstm/recurrent_kernel': [8, 32] },
      ...{ 'lstm/bias': [32], 'head/bias': [20] },
    };
    const tensors = Object.entries(shapes).map(([name, shape]) => [name, some(...shape)] as const);
    writeFileSync(join(folder, 'tied.safetensors'), encodeSafetensors(Object.fromEntries(tensors)));
    // Not true: the head reads the units of the LSTM by the table.
    const layout = {
      dims: { units: 8 },
      weights: {
        ...{ 'emb/embeddings': '20 -> 8 [lookup]', 'lstm/kernel': '8 -> 4*units' },
        ...{ 'lstm/recurrent_kernel': 'units -> 4*units', 'lstm/bias': '-> 4*units' },
        'head/bias': '-> 20',
      },
    };
    writeFileSync(join(folder, 'layout.json'), JSON.stringify(layout));
    const args = ['tied.safetensors', '--layout', 'layout.json', '-o', 'out'];
    expect(await refusal(folder, ...args, '--target', 'units=units:4')).toMatch(
      /^secateur prune: expected numbers from the smaller model where the whole one gives numbers, found \d+ of 480 infinite or no number \(NaN\); is the layout that of the network\?/,
    );
  });
  test('--round-to without a target', async () => {
    expect(await refusal(emptyFolder(), words, '--round-to', '4', '-o', 'out')).toMatch(
      /add --target/,
    );
  });
  test('an output that is there, and the input itself, without --force', async () => {
    const folder = emptyFolder();
    copyFileSync(words, join(folder, 'in.safetensors'));
    writeFileSync(join(folder, 'there'), 'mine');
    const there = await prune(folder, 'in.safetensors', '-o', 'there');
    expect(there.stderr).toMatch(
      /found something at ".*there"; choose another, or add --force to replace it\.\n$/,
    );
    expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('mine');
    const own = await prune(folder, 'in.safetensors', '-o', './inside/../in.safetensors');
    expect(own).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/found the input itself/) as string,
    });
    expect(readFileSync(join(folder, 'in.safetensors')).equals(readFileSync(words))).toBe(true);
    expect(await prune(folder, 'in.safetensors', '-o', 'in.safetensors', '--force')).toMatchObject({
      code: 0,
    });
    expect(readFileSync(join(folder, 'in.safetensors')).equals(readFileSync(words))).toBe(false);
  });
  test('an output where a file stands in place of a folder', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'file'), '');
    const { code, stderr } = await prune(folder, words, '-o', 'file/out');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^secateur prune: expected to write ".*out", found /);
  });
  test.each([
    ['no output', [words]],
    ['an unknown target', [words, '-o', 'out', '--target', 'speed=2']],
    ['a target without a value', [words, '-o', 'out', '--target', 'macs=']],
    ['sizes that are none', [words, '-o', 'out', '--target', 'units=h1:x']],
    ['a size twice', [words, '-o', 'out', '--target', 'units=h1:4,h1:5']],
    ['two values of a target', [words, '-o', 'out', '--target', 'macs=0.5=9']],
    ['a share below zero', [words, '-o', 'out', '--target', 'macs=-1']],
    ['no whole number', [words, '-o', 'out', '--round-to', '1.5']],
  ])('a command line with %s', async (_, args) => {
    const folder = emptyFolder();
    expect(await prune(folder, ...args)).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});
