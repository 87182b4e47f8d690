import { expect, it } from 'vitest';
import { readTrials } from '../../src/search/read-trials.ts';
import { memoryStore } from '../memory-store.ts';
import { specOf } from '../spec-of.ts';

const at = (id: string, attempt: string, name: string): string =>
  `trials/${id}/attempts/${attempt}/${name}.json`;

it('tells where each trial stands, with the result of the greatest attempt that has one', async () => {
  const specs = ['a', 'b', 'c', 'd', 'e'].map((name) => specOf({ name }));
  const [a, b, c, , e] = specs.map(({ id }) => id) as [string, string, string, string, string];
  const file = { path: 'result.json', key: 'k', size: 1, sha256: 'ab'.repeat(32) };
  const build = { arch: 'x64', simd: 'plain' };
  const store = memoryStore({
    [at(a, '0002-zzzzzz', 'began')]: {},
    [at(a, '0002-zzzzzz', 'result')]: { result: { loss: 2 }, files: [], seconds: 20, build },
    [at(a, '10000-aaaaaa', 'began')]: {},
    [at(a, '10000-aaaaaa', 'result')]: { result: { loss: 3 }, files: [file], seconds: 30, build },
    [at(a, '10001-aaaaaa', 'began')]: {},
    [at(b, '0001-aaaaaa', 'began')]: {},
    [at(b, '0001-aaaaaa', 'ended')]: { status: 'retry', message: 'it was killed', seconds: 5 },
    [at(c, '0001-aaaaaa', 'began')]: {},
    [at(c, '0001-aaaaaa', 'ended')]: { status: 'never', message: 'the loss is NaN', seconds: 7 },
    // Two that were killed: the second has a checkpoint, and of the first one only the second tells.
    [at(e, '0001-aaaaaa', 'began')]: {},
    [at(e, '0002-aaaaaa', 'began')]: {},
    [at(e, '0002-aaaaaa', 'from')]: { attempt: '0001-aaaaaa', step: 10, seconds: 40 },
    [at(e, '0002-aaaaaa', 'checkpoints/00000020')]: { step: 20, seconds: 2, files: [file], build },
  });
  const records = await readTrials(store, specs);
  expect(records.map(({ spec: _, ...record }) => record)).toEqual([
    { state: 'done', attempts: 3, seconds: 50, result: { loss: 3 }, files: [file] },
    { state: 'begun', attempts: 1, seconds: 5, files: [], message: 'it was killed' },
    { state: 'failed', attempts: 1, seconds: 7, files: [], message: 'the loss is NaN' },
    { state: 'waiting', attempts: 0, seconds: 0, files: [] },
    { state: 'begun', attempts: 2, seconds: 42, files: [] },
  ]);
});

it('says where the store holds no record', async () => {
  const spec = specOf({ name: 'a' });
  const store = memoryStore({ [at(spec.id, '0001-aaaaaa', 'result')]: '{"result"' });
  await expect(readTrials(store, [spec])).rejects.toThrow(
    /^store: expected the record of an attempt at trials\/test-a\/attempts\/0001-aaaaaa\/result.json of memory:, found that .*; remove that key\.$/,
  );
});

it('says in words what a record lacks', async () => {
  const spec = specOf({ name: 'a' });
  const path = '../elsewhere';
  const files = [{ path, key: 'k', size: 1, sha256: 'ab'.repeat(32) }];
  const record = { result: {}, files, seconds: 1, build: { arch: 'x64', simd: 'plain' } };
  const store = memoryStore({ [at(spec.id, '0001-aaaaaa', 'result')]: record });
  await expect(readTrials(store, [spec])).rejects.toThrow(
    'found that files.0.path: expected a path within the run directory, found "../elsewhere"; remove that key.',
  );
});
