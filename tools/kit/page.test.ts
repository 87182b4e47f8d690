import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepKit, kitPage, readKit, type Trained } from './page.ts';
import { SECONDS } from './parts.ts';

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => {
  removeFolder(folder);
});

const trained = (...sizes: number[]): Trained => ({
  pruned: { sizes, perplexity: { valid: 60.111, test: 68 } },
  trainingSeconds: 480,
});

test('all parts together take 8 minutes at most', () => {
  expect(SECONDS).toBeLessThanOrEqual(480);
});

test('a folder that no run of the kit left is refused', () => {
  expect(() => {
    keepKit(join(folder, 'nothing'), folder);
  }).toThrow('expected the folder OUT of a run of build/kit/run.sh, found no kit.json in');
  expect(readKit(join(folder, 'nothing'))).toBeUndefined();
});

test('what came back becomes tables, also of a run that was cut short', () => {
  const [out, kept] = [join(folder, 'out'), join(folder, 'kept')];
  mkdirSync(out);
  const write = (name: string, found: object): void => {
    writeFileSync(join(out, `${name}.json`), JSON.stringify(found));
  };
  const parts = [{ name: 'adapter', seconds: 1.5, end: 'done' }];
  const kit = { version: '1.2.3', commit: 'abc', began: '2026-11-29T12:00:00Z', short: false };
  write('kit', { ...kit, parts });
  keepKit(out, kept);
  expect(kitPage(readKit(kept)!, trained(87, 69))).toBe(
    'No adapter was found. Kit 1.2.3, abc, 2026-11-29. Parts: adapter done (1.5 s).',
  );

  write('sweep', {
    found: {
      small: {
        counts: { dispatches: 160, reads: 1 },
        ms: [{ rounds: [5, 4] }, { lanes: 64, rounds: [2, 3] }, { lanes: 256, rounds: [] }],
      },
    },
  });
  write('preset', {
    ...{ complete: true, seconds: 90, student: [], result: trained(86, 70) },
    teacher: [{ kind: 'epoch', valid: 62.7 }],
  });
  writeFileSync(join(out, 'log.txt'), 'not kept');
  keepKit(out, kept);
  const page = kitPage(readKit(kept)!, trained(87, 69));
  expect(page).toContain('| default | 4.00 (1.00) |');
  expect(page).toContain('| lanes 64 | 2.00 (2.00) |');
  expect(page).toContain('| lanes 256 | - |');
  expect(page).toContain('| small | 160 | 1 |');
  expect(page).toContain('| WebGPU | 86, 70 | 60.11 | 68.00 | 480 |');
  expect(page).toContain('| WASM, kept | 87, 69 | 60.11 | 68.00 | 480 |');
  expect(page).toContain('came to its end in 90 s, epochs: 1 of the teacher, 0');
  expect(() => readFileSync(join(kept, 'log.txt'))).toThrow('ENOENT');
});
