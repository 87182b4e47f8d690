import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detect } from '../../src/files/detect.ts';
import { openModel } from '../../src/files/open-model.ts';
import { emptyFolder, fixture } from '../support/fixture.ts';

function written(content: string | Uint8Array, name = 'file'): string {
  const file = join(emptyFolder(), name);
  writeFileSync(file, content);
  return file;
}

describe('detect', () => {
  test('goes by the content, not by the name', () => {
    const file = written(readFileSync(fixture('words.safetensors')), 'model.onnx');
    expect(detect(file)).toEqual({ kind: 'safetensors', path: file });
  });
  test('knows a model.json and the folder that it is in', () => {
    const file = written(JSON.stringify({ modelTopology: {}, weightsManifest: [] }), 'model.json');
    expect(detect(file)).toMatchObject({ kind: 'layers-model' });
    expect(detect(join(file, '..'))).toEqual(detect(file));
  });
  test.each([
    ['nothing', '', 'an empty file; write it again.'],
    ['text', 'hello', 'bytes that begin with "hello"; is it a model?'],
    [
      'HDF5',
      Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10),
      'an HDF5 file, as Keras writes; convert it with',
    ],
    [
      'ZIP',
      Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0),
      'a ZIP archive, as torch.save and Keras 3 write; in PyTorch, safetensors',
    ],
    ['a pickle', Uint8Array.of(0x80, 2, 0x7d), 'a Python pickle; in PyTorch, safetensors'],
    ['half of JSON', '{"modelTopology"', 'JSON that is damaged; write the model again.'],
    [
      'other JSON',
      '{"dims":{}}',
      'JSON that is no model; is it a layout? give that with --layout.',
    ],
  ])('%s is refused with advice', (_, content, message) => {
    expect(() => detect(written(content))).toThrow(message);
  });
  test('a folder without a model is refused', () => {
    expect(() => detect(emptyFolder())).toThrow(
      'found a folder without config.json of Secateur and without model.json; name the file.',
    );
  });
});

describe('openModel', () => {
  const bytes = readFileSync(fixture('words.safetensors'));
  test.each([9, 100, 3000, bytes.length - 1])(
    'a file cut off after %i bytes is refused',
    async (length) => {
      const file = written(bytes.subarray(0, length));
      await expect(openModel(file, '.')).rejects.toThrow(
        /^expected a whole safetensors file as ".*", found: decodeSafetensors: /,
      );
    },
  );
  test('tensors that no recurrent layer has need a layout', async () => {
    const { encodeSafetensors } = await import('@secateur/safetensors');
    const file = written(
      encodeSafetensors({ 'conv.weight': { shape: [1], data: Float32Array.of(1) } }),
    );
    await expect(openModel(file, '.')).rejects.toThrow(
      'expected the names of an nn.LSTM or nn.GRU of PyTorch (weight_ih_l0), of Keras (lstm/recurrent_kernel) or of Secateur (lstm1/recurrent), found conv.weight; say what reads and writes what in a JSON file: --layout FILE.json.',
    );
  });
});
