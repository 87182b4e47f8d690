import { expect, test } from 'vitest';
import { faultsOfOutcome } from './outcome.ts';

const good = {
  backend: 'wasm',
  cellFits: true,
  sizes: { h1: 4 },
  lossFell: true,
  restored: true,
  maxAbsDiff: 0,
};
const faults = (change: object): string[] =>
  faultsOfOutcome(JSON.stringify({ ...good, ...change }));

test('a good outcome has no faults', () => {
  expect(faults({})).toEqual([]);
  expect(faults({ maxAbsDiff: 9e-6 })).toEqual([]);
});

test.each([
  [{ backend: 'cpu' }, '"backend":"cpu"'],
  [{ sizes: { h1: 8 } }, '"sizes":{"h1":8}'],
  [{ lossFell: false }, '"lossFell":false'],
  [
    { restored: undefined },
    'found {"backend":"wasm","cellFits":true,"sizes":{"h1":4},"lossFell":true}',
  ],
  [{ maxAbsDiff: 1e-4 }, 'expected a maxAbsDiff below 1e-5, found 0.0001'],
  // What JSON makes of NaN.
  [{ maxAbsDiff: null }, 'expected a maxAbsDiff below 1e-5, found null'],
])('%j is a fault', (change, text) => {
  const found = faults(change);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(text);
});

test('a line that is no JSON is a fault', () => {
  expect(faultsOfOutcome('done')).toEqual(['expected a line of JSON, found "done"']);
});
