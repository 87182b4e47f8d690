import {
  dispose,
  fused,
  grads,
  matMul,
  mul,
  sum,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expectAllClose, floats } from '@secateur/testing';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { describeBuilds, soilMemory } from './builds.ts';

const flags = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;
type Flags = (typeof flags)[number];

/** `a [.., m, k]` times `b [.., k, n]` in float64, the batch axes broadcast, operands stored transposed as asked. */
function reference(a: Tensor, b: Tensor, [transposeA, transposeB]: Flags): number[] {
  const [valuesA, valuesB] = [a.dataSync(), b.dataSync()];
  const [m, k] = transposeA
    ? [a.shape.at(-1)!, a.shape.at(-2)!]
    : [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = b.shape.at(transposeB ? -2 : -1)!;
  const rank = Math.max(a.rank, b.rank) - 2;
  const lead = (shape: readonly number[]): number[] => [
    ...new Array<number>(rank + 2 - shape.length).fill(1),
    ...shape.slice(0, -2),
  ];
  const [leadA, leadB] = [lead(a.shape), lead(b.shape)];
  const batch = leadA.map((size, i) => (size === 1 ? leadB[i]! : size));
  const out: number[] = [];
  const visit = (axis: number, placeA: number, placeB: number): void => {
    if (axis < rank) {
      for (let i = 0; i < batch[axis]!; i++) {
        visit(
          axis + 1,
          placeA * leadA[axis]! + (leadA[axis] === 1 ? 0 : i),
          placeB * leadB[axis]! + (leadB[axis] === 1 ? 0 : i),
        );
      }
      return;
    }
    const [fromA, fromB] = [placeA * m * k, placeB * k * n];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let l = 0; l < k; l++) {
          total +=
            valuesA[fromA + (transposeA ? l * m + i : i * k + l)]! *
            valuesB[fromB + (transposeB ? j * k + l : l * n + j)]!;
        }
        out.push(total);
      }
    }
  };
  visit(0, 0, 0);
  return out;
}

function operands(
  [m, n, k]: readonly [number, number, number],
  [transposeA, transposeB]: Flags,
  leadA: readonly number[] = [],
  leadB: readonly number[] = [],
): [Tensor, Tensor] {
  const make = (shape: number[], seed: number): Tensor =>
    tensor(
      floats(
        shape.reduce((size, next) => size * next, 1),
        seed,
      ),
      shape,
      'float32',
    );
  return [
    make([...leadA, ...(transposeA ? [k, m] : [m, k])], 3 + m),
    make([...leadB, ...(transposeB ? [n, k] : [k, n])], 5 + n),
  ];
}

// Sums of k products of numbers below 1, each rounded once or twice.
const close = (k: number) => ({ rtol: 1e-5, atol: 2e-7 * (k + 8) });

const sizes = [0, 1, 2, 3, 5, 7, 8, 9, 17, 33, 130, 257, 300];

describeBuilds('products', (build) => {
  beforeEach(soilMemory);

  test('agree with float64 for sizes around the blocks, in every orientation', () => {
    const size = fc.constantFrom(...sizes);
    fc.assert(
      fc.property(fc.tuple(size, size, size), fc.constantFrom(...flags), (shape, orientation) => {
        const [m, n, k] = shape;
        fc.pre(m * n * k < 4e6);
        tidy(() => {
          const [a, b] = operands(shape, orientation);
          const product = matMul(a, b, ...orientation);
          expect(product.shape).toEqual([m, n]);
          expectAllClose(product, reference(a, b, orientation), close(k));
        });
      }),
      { numRuns: build === 'none' ? 40 : 150, seed: 11 },
    );
  });

  // The stock scalar loop takes seconds for the large ones.
  const edges: (readonly [number, number, number])[] =
    build === 'none'
      ? [
          [1, 1, 1],
          [7, 9, 0],
          [6, 8, 4],
          [13, 9, 5],
        ]
      : [
          [1, 1, 1],
          [7, 9, 0],
          [0, 4, 3],
          [6, 8, 256],
          [7, 9, 257],
          [13, 7, 513],
          [121, 15, 40],
          [250, 1030, 9],
          [1, 2050, 3],
          [300, 1, 300],
        ];
  test.each(edges)('agree at the edges of blocks: %i x %i over %i', (...shape) => {
    for (const orientation of flags) {
      tidy(() => {
        const [a, b] = operands(shape, orientation);
        expectAllClose(matMul(a, b, ...orientation), reference(a, b, orientation), close(shape[2]));
      });
    }
  });

  const batches: (readonly [readonly number[], readonly number[]])[] = [
    [[2], [2]],
    [[3], []],
    [[], [3]],
  ];
  // TensorFlow.js's own kernel returns too few values when both operands are broadcast, and fails on none.
  if (build !== 'none')
    batches.push(
      [[2, 1], [3]],
      [
        [1, 3],
        [2, 1],
      ],
      [
        [2, 1, 2],
        [3, 1],
      ],
      [[0], [1]],
    );
  test.each(batches)('broadcast the batches %j and %j', (leadA, leadB) => {
    for (const orientation of flags) {
      for (const shape of [
        [3, 5, 2],
        [9, 7, 6],
      ] as const) {
        tidy(() => {
          const [a, b] = operands(shape, orientation, leadA, leadB);
          const product = matMul(a, b, ...orientation);
          expect(product.shape.slice(-2)).toEqual(shape.slice(0, 2));
          expectAllClose(product, reference(a, b, orientation), close(shape[2]));
        });
      }
    }
  });

  test('have the gradients of float64 in every orientation', () => {
    for (const orientation of flags) {
      tidy(() => {
        const [a, b] = operands([5, 9, 7], orientation);
        const weights = tensor(floats(45, 9), [5, 9]);
        const [da, db] = grads((x: Tensor, y: Tensor) =>
          sum(mul(matMul(x, y, ...orientation), weights)),
        )([a, b]);
        // d/da of sum(w * (a b)) is w b', d/db is a' w, stored as the operands are.
        const [transposeA, transposeB] = orientation;
        const expectedA = transposeA
          ? reference(b, weights, [transposeB, true])
          : reference(weights, b, [false, !transposeB]);
        const expectedB = transposeB
          ? reference(weights, a, [true, transposeA])
          : reference(a, weights, [!transposeA, false]);
        expectAllClose(da!, expectedA, close(9));
        expectAllClose(db!, expectedB, close(9));
      });
    }
  });

  test('pass NaN and infinities on', () => {
    tidy(() => {
      const a = tensor([1, NaN, 2, 3, Infinity, 1], [3, 2]);
      const b = tensor([1, 0, 2, 1], [2, 2]);
      expect([...matMul(a, b).dataSync()]).toEqual([NaN, NaN, 8, 3, Infinity, NaN]);
    });
  });
});

const activations: Record<string, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  leakyrelu: (x) => (x > 0 ? x : 0.3 * x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  elu: (x) => (x >= 0 ? x : Math.expm1(x)),
};

describeBuilds('fused products', (build) => {
  beforeEach(soilMemory);
  // With a bias and a transposed operand TensorFlow.js's own kernel adds the wrong biases.
  const orientations = build === 'none' ? flags.slice(0, 1) : flags;

  test.each(Object.keys(activations))('%s, with and without a bias', (activation) => {
    for (const [m, n, k] of [
      [1, 1, 1],
      [3, 7, 5],
      [9, 8, 2],
      [2, 13, 0],
    ] as const) {
      for (const orientation of orientations) {
        tidy(() => {
          const [a, b] = operands([m, n, k], orientation).map((each) => mul(each, 4)) as [
            Tensor,
            Tensor,
          ];
          const bias = tensor(floats(n, 21, 3));
          const [transposeA, transposeB] = orientation;
          const given = {
            a: a as never,
            b: b as never,
            transposeA,
            transposeB,
            activation: activation as 'relu',
            leakyreluAlpha: 0.3,
          };
          const product = reference(a, b, orientation);
          const shifts = bias.dataSync();
          const after = activations[activation]!;
          expectAllClose(fused.matMul(given), product.map(after), { rtol: 1e-5, atol: 2e-5 });
          expectAllClose(
            fused.matMul({ ...given, bias }),
            product.map((value, i) => after(value + shifts[i % n]!)),
            { rtol: 1e-5, atol: 2e-5 },
          );
        });
      }
    }
  });

  test('have the gradients of the operands and the bias', () => {
    const [a, b] = operands([3, 5, 4], [false, false]);
    const bias = tensor(floats(5, 2));
    const weights = tensor(floats(15, 9), [3, 5]);
    const [da, db, dbias] = tidy(() =>
      grads((x: Tensor, y: Tensor, z: Tensor) =>
        sum(mul(fused.matMul({ a: x as never, b: y as never, bias: z }), weights)),
      )([a, b, bias]),
    );
    expectAllClose(da!, reference(weights, b, [false, true]));
    expectAllClose(db!, reference(a, weights, [true, false]));
    const columns = [...weights.dataSync()];
    expectAllClose(
      dbias!,
      [0, 1, 2, 3, 4].map((j) => columns[j]! + columns[5 + j]! + columns[10 + j]!),
    );
    dispose([a, b, bias, weights, da!, db!, dbias!]);
  });
});
