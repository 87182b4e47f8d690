import { grads, memory, mul, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import {
  type Cell,
  cellGradientReference,
  cellReference,
  lstmCell,
  peepholeLstmCell,
} from '@secateur/kernels';
import {
  cellsToTry,
  cellValues,
  expectAllClose,
  listedCell,
  numbers,
  type LstmSizes,
} from '@secateur/testing';
import { randomCells } from '@secateur/testing/random-cell';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { isLstm } from '../../src/kernels/block-lstm.ts';
import { describeNative } from '../native.ts';
import { nativeTensors } from './handles.ts';

const sizes: readonly LstmSizes[] = [
  { batch: 3, time: 4, input: 5, units: 6 },
  { batch: 1, time: 1, input: 2, units: 3 },
  { batch: 2, time: 3, input: 0, units: 4 },
  { batch: 2, time: 3, input: 2, units: 0 },
];

/** Outputs and gradients against float64, twice: what the first pass makes once for all is no leak. */
function expectReference(cell: Cell, size: LstmSizes): void {
  const values = cellValues(cell, size);
  const slope = numbers(size.batch * size.time * size.units, 11);
  const zeros = new Float64Array(size.batch * size.units);
  const upstream = {
    y: slope,
    states: Object.fromEntries(cell.states.map((name) => [name, zeros])),
  };
  const expected = cellReference(cell, values);
  const back = cellGradientReference(cell, values, upstream);
  const before = memory().numTensors;
  let native: number | undefined;
  for (let pass = 0; pass < 2; pass++) {
    tidy(() => {
      const { tensors, run } = listedCell(cell, values);
      const actual = run(tensors);
      const close = { rtol: 1e-4, atol: 2e-5 };
      expectAllClose(actual.y, expected.y, close);
      for (const name of cell.states)
        expectAllClose(actual.states[name]!, expected.states[name]!, close);
      const weighed = (...given: Tensor[]): Tensor => {
        const { y } = run(given);
        return sum(mul(y, tensor(Float32Array.from(slope), y.shape)));
      };
      const gradients = grads(weighed)([...tensors]);
      const wanted = [back.x, ...Object.values(back.weights), ...Object.values(back.states)];
      gradients.forEach((gradient, k) => {
        const most = wanted[k]!.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        expectAllClose(gradient, wanted[k]!, { rtol: 1e-3, atol: 1e-5 * (1 + most) });
      });
    });
    native ??= nativeTensors();
  }
  expect(memory().numTensors).toBe(before);
  expect(nativeTensors()).toBe(native);
}

await describeNative('any cell', () => {
  beforeAll(() => useBackend('node'));

  test.each(cellsToTry)('$name agrees with float64 and leaves nothing behind', ({ cell }) => {
    for (const size of sizes) expectReference(cell, size);
  });
  test('made up at random does so too', () => {
    fc.assert(
      fc.property(randomCells, (cell) => expectReference(cell, sizes[0]!)),
      { numRuns: 25 },
    );
  });
  test('is an LSTM by its definition, not by its name', () => {
    expect(isLstm({ ...lstmCell, name: 'another' })).toBe(true);
    expect(isLstm(JSON.parse(JSON.stringify(lstmCell)) as Cell)).toBe(true);
    expect(isLstm(peepholeLstmCell)).toBe(false);
    expect(isLstm({ ...peepholeLstmCell, name: 'lstm' })).toBe(false);
  });
});
