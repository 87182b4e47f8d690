import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
import { decodeSafetensors } from '@secateur/safetensors';
import { describe, expect, test } from 'vitest';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { secateur } from '../support/terminal.ts';

/** The words of the fixture as a model directory. */
async function directory(): Promise<{ folder: string; model: string }> {
  const folder = emptyFolder();
  await secateur(folder, 'convert', fixture('words.safetensors'), 'model', '--to', 'directory');
  return { folder, model: join(folder, 'model') };
}

describe('model directories', () => {
  test('are pruned into others, whose history says what went', async () => {
    const { folder, model } = await directory();
    expect(await secateur(folder, 'prune', 'model', '-o', 'small')).toMatchObject({ code: 0 });
    const small = await readModelDirectory(join(folder, 'small'));
    const whole = await readModelDirectory(model);
    expect([whole.layout.dims['h1'], small.layout.dims['h1']]).toEqual([8, 5]);
    expect(small.layout.dims['h2']).toBe(6);
    expect(small.history).toEqual([
      { by: 'secateur prune', exact: true, removed: { h1: 3, h2: 2 } },
    ]);
    expect(small.architecture).toEqual(whole.architecture);
    expect(await secateur(folder, 'verify', 'model', 'small')).toMatchObject({ code: 0 });
  });
  test('keep the types of their tensors, and the report has the bytes of all their files', async () => {
    const { folder, model } = await directory();
    const { weights, layout, architecture } = await readModelDirectory(model);
    const dtypes = Object.fromEntries(Object.keys(weights).map((name) => [name, 'F16'] as const));
    await writeModelDirectory(model, { weights, layout, architecture, dtypes });
    const { stdout } = await secateur(folder, 'prune', 'model', '-o', 'small', '--json');
    const sizeOf = (path: string): number =>
      readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    const small = join(folder, 'small');
    expect(JSON.parse(stdout)).toMatchObject({
      bytes: { before: sizeOf(model), after: sizeOf(small) },
    });
    const { tensors } = decodeSafetensors(readFileSync(join(small, 'model.safetensors')));
    expect(new Set(Object.values(tensors).map(({ dtype }) => dtype))).toEqual(new Set(['F16']));
  });
  test('are told by any of their files', async () => {
    const { model } = await directory();
    for (const file of ['', 'model.safetensors', 'config.json']) {
      const { stdout } = await secateur('.', 'inspect', join(model, file));
      expect(stdout).toMatch(/^model directory of Secateur, sequence, /);
    }
  });
  test('one that was changed is refused, and an output that holds something else', async () => {
    const { folder, model } = await directory();
    writeFileSync(join(folder, 'inside', 'mine'), '');
    const mine = await secateur(folder, 'prune', 'model', '-o', 'inside', '--force');
    expect(mine.code).toBe(1);
    expect(mine.stderr).toMatch(/^secateur prune: writeModelDirectory: /);
    const file = join(model, 'model.safetensors');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    const { code, stderr } = await secateur(folder, 'inspect', 'model');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^secateur inspect: readModelDirectory: expected in .* the sha256 that config\.json states/,
    );
  });
});
