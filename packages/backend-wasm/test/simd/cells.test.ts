import { tidy } from '@tensorflow/tfjs-core';
import { composedRecurrentSequence, gradientNames, otherStates } from '@secateur/backend/kernels';
import { cellGradientReference, cellReference, type Cell } from '@secateur/kernels';
import {
  cellsToTry,
  cellValues,
  expectAllClose,
  lstmSizes,
  type CellValues,
  type LstmSizes,
} from '@secateur/testing';
import { randomCells } from '@secateur/testing/random-cell';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { firstProgram, shippedCells } from '../../src/cells/shipped.ts';
import { attributesOf, backward, forward, inputsOf, upstreamOf } from '../cell-calls.ts';
import { simdOf } from '../../src/simd/module.ts';
import { describeBuilds, soilMemory, wasm } from './builds.ts';

const large: readonly LstmSizes[] = [
  { batch: 1, time: 1, input: 33, units: 45 },
  { batch: 7, time: 5, input: 9, units: 31 },
  { batch: 20, time: 3, input: 65, units: 66 },
];

/** Deeper than one block of a product, forwards and backwards. */
const deep: readonly LstmSizes[] = [
  { batch: 2, time: 2, input: 5, units: 777 },
  { batch: 1, time: 1, input: 5, units: 777 },
];

function expectOutputs(
  cell: Cell,
  values: CellValues,
  tolerance = { rtol: 1e-5, atol: 5e-6 },
): void {
  tidy(() => {
    const actual = forward(cell, values);
    const expected = cellReference(cell, values);
    expectAllClose(actual[0]!, expected.y, tolerance);
    otherStates(cell).forEach((name, k) => {
      expectAllClose(actual[3 + k]!, expected.states[name]!, tolerance);
    });
    const composed = composedRecurrentSequence(inputsOf(cell, values), attributesOf(cell, values));
    expect(actual).toHaveLength(composed.length);
    composed.forEach((each, k) => {
      expect(actual[k]!.shape).toEqual(each.shape);
      expectAllClose(actual[k]!, each, tolerance);
    });
  });
}

function expectGradients(cell: Cell, values: CellValues): void {
  const expected = cellGradientReference(cell, values, upstreamOf(cell, values));
  tidy(() => {
    const actual = backward(cell, values);
    const inputs = inputsOf(cell, values);
    gradientNames(cell).forEach(([kind, name], k) => {
      const of = kind === 'weight' ? expected.weights : expected.states;
      const wanted = kind === 'x' ? expected.x : of[name]!;
      const most = wanted.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      expect(actual[k]!.shape).toEqual(inputs[k]!.shape);
      expectAllClose(actual[k]!, wanted, { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
    });
  });
}

/** The same equations, but not those that code was written for. */
const unknown = (cell: Cell): Cell => ({ ...cell, settings: { ...cell.settings, other: 0 } });

describeBuilds('RecurrentSequence', (build) => {
  beforeEach(soilMemory);

  describe.each(cellsToTry)('$name', ({ cell }) => {
    test.each([...lstmSizes, ...large])(
      'agrees with float64 at $batch x $time x $input -> $units, and so do its gradients',
      (sizes) => {
        const values = cellValues(cell, sizes);
        expectOutputs(cell, values);
        expectGradients(cell, values);
      },
    );
  });

  test.each(deep)('agrees with float64 at $batch x $time x $input -> $units', (sizes) => {
    for (const { cell } of cellsToTry.slice(0, 4)) {
      const values = cellValues(cell, sizes);
      expectOutputs(cell, values);
      expectGradients(cell, values);
    }
  });

  test('agrees with float64 for random cells and every order of their blocks', () => {
    fc.assert(
      fc.property(randomCells, fc.integer(), (cell, seed) => {
        const sizes = { batch: 3, time: 3, input: 4, units: 13 };
        const values = cellValues(cell, sizes);
        const letters = [...values.order];
        let order = '';
        while (letters.length > 0)
          order += letters.splice(Math.abs(seed + order.length) % letters.length, 1)[0]!;
        expectOutputs(cell, { ...values, order }, { rtol: 1e-4, atol: 1e-4 });
        expectGradients(cell, { ...values, order });
      }),
      { numRuns: 150 },
    );
  });

  test.each(shippedCells)('interprets $name with the same bits', (cell) => {
    const other = unknown(cell);
    expect(firstProgram(cell)).toBeDefined();
    expect(firstProgram(other)).toBeUndefined();
    tidy(() => {
      const sizes = { batch: 3, time: 3, input: 5, units: 75 };
      const expected = [cellValues(cell, sizes)].flatMap((v) => [
        ...forward(cell, v),
        ...backward(cell, v),
      ]);
      const actual = [cellValues(other, sizes)].flatMap((v) => [
        ...forward(other, v),
        ...backward(other, v),
      ]);
      actual.forEach((each, k) => {
        expect(each.dataSync()).toEqual(expected[k]!.dataSync());
      });
    });
  });

  test('reads behind a tensor only what is in memory', () => {
    // Rows are read in fours: whatever the sizes, the allocator keeps more than twelve bytes behind its last block.
    const module = simdOf(wasm());
    if (build === 'none') return;
    for (let bytes = 1 << 20; bytes < 1 << 27; bytes = 2 * bytes + 4) {
      module!.withScratch(bytes, (at) => {
        expect(module!.words(0, 0).buffer.byteLength).toBeGreaterThanOrEqual(at + bytes + 12);
      });
    }
  });

  test('saturates without NaN, and lets a NaN through', () => {
    const sizes = { batch: 2, time: 2, input: 3, units: 5 };
    for (const { cell } of cellsToTry) {
      const values = cellValues(cell, sizes);
      tidy(() => {
        const much = { ...values, x: values.x.map((value) => 3e4 * value) };
        for (const each of [...forward(cell, much), ...backward(cell, much)])
          expect(each.dataSync().every(Number.isFinite)).toBe(true);
        const broken = { ...values, x: values.x.with(0, NaN) };
        const y = forward(cell, broken)[0]!.dataSync();
        expect(y.subarray(0, 10).every(Number.isNaN)).toBe(true);
        expect(y.subarray(10).every(Number.isFinite)).toBe(true);
        const dx = backward(cell, broken)[0]!.dataSync();
        expect(dx.subarray(0, 3).every(Number.isNaN)).toBe(true);
        expect(dx.subarray(6).every(Number.isFinite)).toBe(true);
      });
    }
  });
});
