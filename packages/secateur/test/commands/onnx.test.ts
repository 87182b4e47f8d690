import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '@secateur/safetensors';
import { describe, expect, test } from 'vitest';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { secateur } from '../support/terminal.ts';

/** This package's folder, which has onnxruntime-node, as a user's folder may. */
const here = join(import.meta.dirname, '../..');

interface Report {
  readonly sizes: Readonly<Record<string, { readonly after: number }>>;
  readonly exact: boolean;
  readonly measured: { readonly maxAbsDifference: number; readonly by: readonly string[] };
  readonly notes: readonly string[];
}

/** The file as ONNX, in a folder of its own. */
async function converted(name: string): Promise<string> {
  const out = join(emptyFolder(), `${name}.onnx`);
  const ended = await secateur(
    here,
    'convert',
    fixture(`${name}.safetensors`),
    out,
    '--to',
    'onnx',
    '--json',
  );
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const { measured } = JSON.parse(ended.stdout) as Report;
  expect(measured.by).toEqual([
    'float64 in JavaScript',
    expect.stringMatching(/^onnxruntime-node /),
  ]);
  // float32 beside float64, outputs of a few units.
  expect(measured.maxAbsDifference).toBeLessThan(1e-5);
  return out;
}

describe('ONNX files', () => {
  test.each(['words', 'both'])(
    '%s becomes one, which computes the same, and comes back',
    async (name) => {
      const file = await converted(name);
      const back = join(file, '../back.safetensors');
      expect(await secateur(here, 'convert', file, back, '--to', 'pytorch')).toMatchObject({
        code: 0,
      });
      const same = await secateur(
        here,
        'verify',
        fixture(`${name}.safetensors`),
        back,
        '--tolerance',
        '1e-12',
      );
      expect(same).toMatchObject({ code: 0 });
    },
  );
  test('--float16 halves it; it runs, is pruned and comes back', async () => {
    const file = await converted('words');
    const out = join(file, '../half.onnx');
    const { stdout } = await secateur(
      here,
      ...['convert', file, out, '--to', 'onnx', '--float16', '--json'],
    );
    // Weights of the file are multiples of 1/64, which float16 holds.
    expect((JSON.parse(stdout) as Report).measured.maxAbsDifference).toBeLessThan(1e-6);
    const saved = statSync(file).size - statSync(out).size;
    const numbers = Object.values(
      decodeSafetensors(readFileSync(fixture('words.safetensors'))).tensors,
    ).reduce((sum, { data }) => sum + data.length, 0);
    expect(saved).toBeGreaterThan(1.5 * numbers);
    const small = join(file, '../small.onnx');
    const pruned = await secateur(here, 'prune', out, '-o', small, '--json');
    expect(JSON.parse(pruned.stdout)).toMatchObject({
      exact: true,
      measured: { maxAbsDifference: 0 },
    });
    const back = join(file, '../back.safetensors');
    await secateur(here, 'convert', small, back, '--to', 'pytorch');
    const words = fixture('words.safetensors');
    expect(await secateur(here, 'verify', words, back)).toMatchObject({ code: 0 });
  });
  test('dead units go, in onnxruntime nothing changes, and the states are told', async () => {
    const file = await converted('words');
    const out = join(file, '../small.onnx');
    const { stdout } = await secateur(here, 'prune', file, '-o', out, '--json');
    const report = JSON.parse(stdout) as Report;
    const sizes = Object.values(report.sizes).map(({ after }) => after);
    expect(sizes.sort()).toEqual([5, 6, 8]);
    expect(report).toMatchObject({ exact: true, measured: { maxAbsDifference: 0 } });
    expect(report.measured.by[0]).toMatch(/^onnxruntime-node /);
    expect(report.notes).toContain(
      'the input "rnn.1/h0" is [1, any, 5] now, before [1, any, 8]: whoever runs the model must know',
    );
    expect(await secateur(here, 'verify', file, out)).toMatchObject({ code: 0 });
  });
  test('in files of others the sizes of states stay, and it says what lets them change', async () => {
    const file = join(here, '../onnx/test/fixtures/torch-script-gru-states.onnx');
    const out = join(emptyFolder(), 'x.onnx');
    const args = ['prune', file, '-o', out, '--target', 'macs=0.7'];
    const { code, stderr } = await secateur(here, ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^secateur prune: expected a dimension that can be pruned, found none: .*keeps its units: .*; give --states resize if/,
    );
    expect(await secateur(here, ...args, '--states', 'resize')).toMatchObject({ code: 0 });
    expect(await secateur(here, 'inspect', file, '--states', 'some')).toMatchObject({ code: 2 });
  });
  test('inspect tells norms and dead units', async () => {
    const file = await converted('words');
    const { stdout } = await secateur(here, 'inspect', file, '--json');
    const { prunable } = JSON.parse(stdout) as {
      prunable: Record<string, { dead: number; norms: number[] }>;
    };
    expect(Object.values(prunable).map(({ dead }) => dead)).toEqual([3, 2]);
    const theirs = await secateur(here, 'inspect', fixture('words.safetensors'), '--json');
    const torch = (JSON.parse(theirs.stdout) as { prunable: Record<string, { norms: number[] }> })
      .prunable['h1']!;
    const [first] = Object.values(prunable);
    first!.norms.forEach((norm, i) => {
      expect(norm).toBeCloseTo(torch.norms[i]!, 5);
    });
  });
  // What the exporters of others write; more of it is tested in packages/onnx.
  test.each([
    'torch-script-lstm-both',
    'torch-dynamo-gru-stacked',
    'torch-script-conv-rnn',
    'tf2onnx-lstm',
  ])('%s meets a target, and runs', async (name) => {
    const file = join(here, '../onnx/test/fixtures', `${name}.onnx`);
    const out = join(emptyFolder(), 'small.onnx');
    const args = ['prune', file, '-o', out, '--target', 'macs=0.7', '--json'];
    const { code, stdout } = await secateur(here, ...args);
    expect(code).toBe(0);
    const { macs, exact, measured } = JSON.parse(stdout) as Report & {
      macs: { before: number; after: number };
    };
    expect(exact).toBe(false);
    expect(macs.after).toBeLessThanOrEqual(0.7 * macs.before);
    expect(measured.by[1]).toMatch(/^onnxruntime-node /);
    expect(measured.maxAbsDifference).toBeGreaterThan(0);
  });
  test('one that gives the last step goes to ONNX as such, and to weights without it', async () => {
    const file = join(here, '../onnx/test/fixtures/torch-script-gru-both.onnx');
    const out = join(emptyFolder(), 'out');
    const again = await secateur(here, 'convert', file, out, '--to', 'onnx', '--json');
    const { measured } = JSON.parse(again.stdout) as Report;
    expect(measured.maxAbsDifference).toBeLessThan(1e-5);
    const { code, stdout } = await secateur(
      here,
      'convert',
      file,
      `${out}.weights`,
      '--to',
      'keras',
    );
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^difference not measured: the log softmax, and that it gives the last step only is left out\n/,
      ),
    ]);
    const alone = await secateur(emptyFolder(), 'verify', file, file);
    expect(alone.stderr).toContain('npm install onnxruntime-node');
  });
  test('an input that is not random has its value, if the file has it', async () => {
    const file = join(here, '../onnx/test/fixtures/torch-script-encoder.onnx');
    const same = await secateur(here, 'verify', file, file, '--input', 'nothing=1');
    expect(same).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^secateur verify: expected as --input one of .*, found "nothing"; correct the name\.\n$/,
      ) as string,
    });
    expect(await secateur(here, 'verify', file, file, '--input', 'x')).toMatchObject({ code: 2 });
  });
  test('where there is no onnxruntime-node, a chain is run without it', async () => {
    const file = await converted('both');
    const folder = emptyFolder();
    const { stdout } = await secateur(
      folder,
      'verify',
      file,
      fixture('both.safetensors'),
      '--json',
      '--tolerance',
      '1e-12',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      by: ['float64 in JavaScript', 'float64 in JavaScript'],
      equal: true,
    });
  });
  test('a damaged file is refused', async () => {
    const file = await converted('both');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    const { code, stderr } = await secateur(here, 'inspect', file);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^secateur inspect: decodeOnnx: expected an ONNX file, found \d+ bytes that are none/,
    );
  });
  test('--layout is for files without a graph', async () => {
    const file = await converted('both');
    const { code, stderr } = await secateur(here, 'inspect', file, '--layout', 'chain:a');
    expect([code, stderr]).toEqual([
      1,
      `secateur inspect: expected --layout for a file of weights, found it for "${file}", whose graph says what reads what; leave it out.\n`,
    ]);
  });
});
