import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '@secateur/safetensors';
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
