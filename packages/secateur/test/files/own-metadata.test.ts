import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { describe, expect, test } from 'vitest';
import { openWeightsFile } from '../../src/files/weights-file.ts';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { secateur } from '../support/terminal.ts';

/** The words of the fixture with this as our metadata. */
function fileWith(metadata: unknown): string {
  const path = join(emptyFolder(), 'file.safetensors');
  const { tensors } = decodeSafetensors(readFileSync(fixture('words.safetensors')));
  writeFileSync(path, encodeSafetensors(tensors, { secateur: JSON.stringify(metadata) }));
  return path;
}

describe('our metadata', () => {
  test.each<[unknown, string]>([
    [5, 'expected an object as the metadata "secateur" of'],
    [{ order: 7 }, 'expected a list of names as order in the metadata "secateur" of'],
    [{ order: ['rnn', 3] }, 'expected a list of names as order in'],
    [{ history: 5 }, 'expected a list as history in'],
    [{ facts: [] }, 'expected an object as facts in'],
    [{ facts: { gates: 4 } }, 'expected text as gates in'],
    [{ facts: { forgetBias: '1' } }, 'expected a number as forgetBias in'],
  ])('%j is refused', (metadata, message) => {
    expect(() => openWeightsFile(fileWith(metadata))).toThrow(message);
  });
  test('an order must name each part once', () => {
    for (const order of [['rnn', 'other'], ['rnn'], ['encoder', 'rnn', 'rnn', 'decoder']]) {
      expect(() => openWeightsFile(fileWith({ order }))).toThrow(
        /^expected each of rnn, decoder, encoder once as order in the metadata "secateur" of ".*", found .*; the file is damaged\.$/,
      );
    }
    const order = ['encoder', 'rnn', 'decoder'];
    expect(() => openWeightsFile(fileWith({ order, history: [], facts: {} }))).not.toThrow();
  });
  test('the architecture of a model directory is checked when its cells are asked for', async () => {
    const folder = emptyFolder();
    await secateur(folder, 'convert', fixture('words.safetensors'), 'model', '--to', 'directory');
    const file = join(folder, 'model', 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as { architecture: object };
    const architecture = { ...config.architecture, forgetBias: 'one' };
    writeFileSync(file, JSON.stringify({ ...config, architecture, sha256: undefined }));
    expect(await secateur(folder, 'inspect', 'model')).toMatchObject({ code: 0 });
    const { code, stderr } = await secateur(folder, 'convert', 'model', 'out', '--to', 'keras');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^secateur convert: expected a number as forgetBias in the architecture of ".*", found "one"; the file is damaged\.\n$/,
    );
  });
});
