import { copyFileSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, fixture } from './support/fixture.ts';
import { secateur } from './support/terminal.ts';

const root = join(import.meta.dirname, '../../..');

/** The commands that a page shows with what they print, in its order. */
function shown(page: string): { readonly args: readonly string[]; readonly printed: string }[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```console\n\$ npx secateur (.*)\n([^]*?)^```$/gm)].map(
    ([, args, printed]) => ({ args: args!.split(' '), printed: printed! }),
  );
}

/** Times differ from run to run, and the last bits of float32 from machine to machine; all else must not. */
const withoutTimes = (text: string): string =>
  text.replace(/[\d.]+ ms/g, 'N ms').replace(/ [\d.]+e-\d+ in /g, ' D in ');

test.each([
  ['docs/start/trained-file.md', 3],
  ['packages/secateur/README.md', 5],
])('%s shows what the commands print', async (page, count) => {
  const folder = emptyFolder();
  copyFileSync(fixture('words.safetensors'), join(folder, 'words.safetensors'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const blocks = shown(page);
  expect(blocks).toHaveLength(count);
  for (const { args, printed } of blocks) {
    const { stdout, stderr } = await secateur(folder, ...args);
    expect(stderr).toBe('');
    expect(withoutTimes(printed)).toBe(withoutTimes(stdout));
  }
});
