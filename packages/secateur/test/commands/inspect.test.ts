import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { describe, expect, test } from 'vitest';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { secateur } from '../support/terminal.ts';

interface Report {
  readonly format: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly macs: number;
  readonly prunable: Readonly<Record<string, { size: number; dead: number; norms: number[] }>>;
  readonly notes: readonly string[];
  readonly layout: { readonly weights: Readonly<Record<string, string>> };
}

describe('secateur inspect', () => {
  test('--json tells sizes, dead units, norms and the layout', async () => {
    const { code, stdout, stderr } = await secateur(
      '.',
      'inspect',
      fixture('words.safetensors'),
      '--json',
    );
    expect([code, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({
      format: 'safetensors file with the names of PyTorch',
      bytes: 6792,
      // 20*8 words, twice 2*(8*32)+2*32 of an LSTM, 8*20+20 of the softmax.
      parameters: 160 + 2 * (512 + 64) + 180,
      macs: 2 * 512 + 160,
    });
    expect(report.prunable).toMatchObject({ h1: { size: 8, dead: 3 }, h2: { size: 8, dead: 2 } });
    expect(report.prunable['h1']!.norms).toHaveLength(8);
    expect(report.layout.weights['decoder.weight']).toBe('decoder <- h2');
  });
  test('draws the norms, in ASCII when asked to', async () => {
    const { stdout } = await secateur('.', 'inspect', fixture('words.safetensors'));
    expect(stdout).toMatch(/^can be pruned +units +dead +norms, the largest first$/m);
    expect(stdout).toMatch(/^h1 +8 +3 +[▁-█]{8} +7\.364 to 3\.903$/m);
    const plain = await secateur('.', 'inspect', fixture('words.safetensors'), '--plain');
    expect(plain.stdout).toMatch(/^h1 +8 +3 +[:\-=+*#%@]{8} +7\.364 to 3\.903$/m);
  });
  test('says when nothing can be pruned, and why', async () => {
    const { code, stdout } = await secateur('.', 'inspect', fixture('pair.safetensors'));
    expect(code).toBe(0);
    expect(stdout).toContain('\nNothing of it can be pruned.\nnote: ');
  });
  test('takes the order of parts, and a layout that it told itself', async () => {
    const file = fixture('twoheads.safetensors');
    const chain = await secateur(
      '.',
      'inspect',
      file,
      '--layout',
      'chain:lstm,second,first',
      '--json',
    );
    expect(Object.keys((JSON.parse(chain.stdout) as Report).prunable)).toEqual(['h1', 'h2']);
    const folder = emptyFolder();
    writeFileSync(join(folder, 'layout.json'), chain.stdout);
    const again = await secateur(folder, 'inspect', file, '--layout', 'layout.json', '--json');
    expect((JSON.parse(again.stdout) as Report).layout).toEqual(
      (JSON.parse(chain.stdout) as Report).layout,
    );
  });
  test('refuses a layout that is none, or of other weights', async () => {
    const file = fixture('words.safetensors');
    expect(await secateur('.', 'inspect', file, '--layout', 'nowhere.json')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^secateur inspect: expected as --layout "chain:" with names, or a JSON file with .*, found "nowhere.json": ENOENT/,
      ) as string,
    });
    const other = await secateur('.', 'inspect', fixture('both.safetensors'), '--json');
    const folder = emptyFolder();
    writeFileSync(join(folder, 'layout.json'), other.stdout);
    const { code, stderr } = await secateur(folder, 'inspect', file, '--layout', 'layout.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^secateur inspect: checkShapes: /);
  });
  test('weights that diverged have a sign and a note', async () => {
    const { tensors } = decodeSafetensors(readFileSync(fixture('words.safetensors')));
    (tensors['rnn.weight_hh_l1']!.data as Float32Array)[0] = NaN;
    const folder = emptyFolder();
    writeFileSync(join(folder, 'nan.safetensors'), encodeSafetensors(tensors));
    const { stdout } = await secateur(folder, 'inspect', 'nan.safetensors');
    expect(stdout).toMatch(/^h1 +8 +3 {2}[█▇▆▅]{8} +[\d.]+ to [\d.]+$/m);
    expect(stdout).toMatch(/^h2 +8 +\d {2}![█▇▆▅]{7} +[\d.]+ to [\d.]+$/m);
    expect(stdout).toContain('\nnote: rnn.weight_hh_l1: infinite or no numbers (NaN) among them\n');
  });
  test('a file is missing, and the command line is wrong', async () => {
    const { code, stdout, stderr } = await secateur('.', 'inspect', 'nowhere.safetensors');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^secateur inspect: expected a readable model as ".*nowhere\.safetensors", found none \(ENOENT\); check the path\.\n$/,
    );
    expect(await secateur('.', 'inspect')).toMatchObject({ code: 2, stdout: '' });
    expect(await secateur('.', 'inspect', 'a', 'b')).toMatchObject({ code: 2, stdout: '' });
  });
});
