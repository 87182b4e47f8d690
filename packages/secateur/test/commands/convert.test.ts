import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedArray } from '@secateur/groups';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { describe, expect, test } from 'vitest';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { secateur } from '../support/terminal.ts';

interface Report {
  readonly to: string;
  readonly measured: { readonly maxAbsDifference: number };
}

const names = (folder: string, file: string): string[] =>
  Object.keys(decodeSafetensors(readFileSync(join(folder, file))).tensors);

describe('secateur convert', () => {
  test.each(['words', 'both'])(
    '%s goes to every format of weights and back, and computes the same',
    async (name) => {
      const folder = emptyFolder();
      const convert = async (from: string, out: string, to: string): Promise<Report> => {
        const { code, stdout, stderr } = await secateur(
          folder,
          'convert',
          from,
          out,
          '--to',
          to,
          '--json',
        );
        expect([code, stderr]).toEqual([0, '']);
        return JSON.parse(stdout) as Report;
      };
      let from = fixture(`${name}.safetensors`);
      for (const to of ['secateur', 'keras', 'directory', 'pytorch']) {
        const { measured } = await convert(from, to, to);
        expect(measured.maxAbsDifference).toBeLessThan(1e-12);
        from = to;
      }
      expect(
        await secateur(folder, 'verify', fixture(`${name}.safetensors`), 'pytorch'),
      ).toMatchObject({ code: 0 });
    },
  );
  test('gives each library its names', async () => {
    const folder = emptyFolder();
    const words = fixture('words.safetensors');
    for (const to of ['secateur', 'keras', 'pytorch'])
      await secateur(folder, 'convert', words, to, '--to', to);
    expect(names(folder, 'secateur')).toContain('rnn.1/recurrent');
    expect(names(folder, 'keras')).toEqual(
      expect.arrayContaining(['encoder/embeddings', 'rnn.2/recurrent_kernel', 'decoder/kernel']),
    );
    expect(names(folder, 'pytorch')).toEqual(
      expect.arrayContaining([
        'encoder.weight',
        'rnn.1.weight_ih_l0',
        'rnn.2.bias_hh_l0',
        'decoder.bias',
      ]),
    );
  });
  test('--float16 halves the file, and changes little', async () => {
    const folder = emptyFolder();
    const words = fixture('words.safetensors');
    const { stdout } = await secateur(
      folder,
      'convert',
      words,
      'half',
      '--to',
      'pytorch',
      '--float16',
      '--json',
    );
    // Multiples of 1/64 below 32 are float16.
    expect((JSON.parse(stdout) as Report).measured.maxAbsDifference).toBe(0);
    const { tensors } = decodeSafetensors(readFileSync(join(folder, 'half')));
    expect(tensors['decoder.weight']!.dtype).toBe('F16');
  });
  test('refuses what does not say in which order its layers are', async () => {
    const folder = emptyFolder();
    const { code, stderr } = await secateur(
      folder,
      'convert',
      fixture('twoheads.safetensors'),
      'out',
      '--to',
      'keras',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/name them in it: --layout chain:lstm,first,second\.\n$/);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
  test('refuses weights that it does not understand, and names them', async () => {
    const folder = emptyFolder();
    const normed = fixture('normed.safetensors');
    for (const to of ['onnx', 'directory', 'pytorch']) {
      const { code, stderr } = await secateur(folder, 'convert', normed, 'out', '--to', to);
      expect([code, stderr]).toEqual([
        1,
        'secateur convert: expected weights of embeddings, recurrent layers and dense layers alone, found norm.bias, norm.weight, scale.bias, scale.running_mean, scale.running_var and 1 more, of which the names do not say what they compute; without them it is another network.\n',
      ]);
      expect(existsSync(join(folder, 'out'))).toBe(false);
    }
    // Nor are they left out of a comparison.
    expect(await secateur(folder, 'verify', normed, normed)).toMatchObject({ code: 1, stdout: '' });
  });
  test('a tied head reads layers of any size by a table as wide as the last one', async () => {
    const folder = emptyFolder();
    const some = (...shape: number[]): NamedArray => ({
      shape,
      data: Float32Array.from(
        { length: shape.reduce((product, size) => product * size, 1) },
        (_, i) => Math.sin(i) / 4,
      ),
    });
    const lstm = (name: string, input: number, units: number): Record<string, NamedArray> => ({
      [`${name}/kernel`]: some(input, 4 * units),
      [`${name}/recurrent_kernel`]: some(units, 4 * units),
      [`${name}/bias`]: some(4 * units),
    });
    const ends = { 'emb/embeddings': some(20, 8), 'head/bias': some(20) };
    const projection = { 'proj/kernel': some(12, 8), 'proj/bias': some(8) };
    const networks = {
      'emb,a,b,head': { ...lstm('a', 8, 12), ...lstm('b', 12, 8) },
      'emb,a,proj,head': { ...lstm('a', 8, 12), ...projection },
      'emb,a,head': { ...lstm('a/forward_x', 8, 4), ...lstm('a/backward_x', 8, 4) },
    };
    for (const [chain, layers] of Object.entries(networks)) {
      writeFileSync(join(folder, 'tied'), encodeSafetensors({ ...ends, ...layers }));
      for (const to of ['secateur', 'directory', 'onnx']) {
        const layout = ['--layout', `chain:${chain}`, '--json'];
        const ended = await secateur(
          folder,
          'convert',
          'tied',
          `${chain} ${to}`,
          '--to',
          to,
          ...layout,
        );
        expect([ended.code, ended.stderr]).toEqual([0, '']);
        const { measured } = JSON.parse(ended.stdout) as Report;
        expect(measured.maxAbsDifference).toBeLessThan(1e-12);
      }
    }
  });
  test('says when what it wrote cannot be read back', async () => {
    const folder = emptyFolder();
    const words = fixture('words.safetensors');
    await secateur(folder, 'convert', words, 'model', '--to', 'directory');
    // Beside the config.json of a model directory these are taken for its weights, which they are not.
    const out = join('model', 'model.safetensors');
    const ended = await secateur(folder, 'convert', words, out, '--to', 'keras', '--force');
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^secateur convert: expected to read the output ".*", which was written, found: readModelDirectory: /,
      ) as string,
    });
    expect(names(folder, out)).toContain('encoder/embeddings');
  });
  test('refuses an output that is there, float16 in a folder, and a format that it does not know', async () => {
    const folder = emptyFolder();
    const words = fixture('words.safetensors');
    expect(await secateur(folder, 'convert', words, 'inside', '--to', 'keras')).toMatchObject({
      code: 1,
    });
    expect(
      await secateur(folder, 'convert', words, 'out', '--to', 'directory', '--float16'),
    ).toMatchObject({
      code: 1,
      stderr:
        'secateur convert: expected --float16 with a safetensors or an ONNX file, found it with directory; leave it out.\n',
    });
    expect(await secateur(folder, 'convert', words, 'out', '--to', 'hdf5')).toMatchObject({
      code: 2,
    });
    expect(await secateur(folder, 'convert', words, 'out')).toMatchObject({ code: 2 });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});
