import {
  backend,
  BatchMatMul,
  dispose,
  engine,
  getKernel,
  randomUniform,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { useBackend } from '@whittle/backend';
import '@whittle/backend-wasm';
import { medians, printTable } from './timing.ts';

// Taken before the backend starts: starting puts ours in its place.
const stock = getKernel(BatchMatMul, 'wasm');

type Case = readonly [
  name: string,
  a: readonly number[],
  b: readonly number[],
  ta: boolean,
  tb: boolean,
];
const cases: readonly Case[] = [
  ['[700,128] x [128,3000]', [700, 128], [128, 3000], false, false],
  ["[700,3000] x [128,3000]'", [700, 3000], [128, 3000], false, true],
  ["[700,128]' x [700,3000]", [700, 128], [700, 3000], true, false],
  ["[20,2600] x [650,2600]'", [20, 2600], [650, 2600], false, true],
  ["[20,650]' x [20,2600]", [20, 650], [20, 2600], true, false],
];

/** Times matrix products with and without transposed operands: TensorFlow.js's own WASM kernel and ours. */
export async function gemm(rounds: number): Promise<void> {
  await useBackend('wasm');
  const ours = getKernel(BatchMatMul, 'wasm');
  const rows = [['product', 'stock, ms', 'here, ms', 'ratio', 'GFLOP/s here']];
  for (const [name, shapeA, shapeB, transposeA, transposeB] of cases) {
    const [a, b] = [shapeA, shapeB].map((shape) => randomUniform([...shape], -1, 1)) as [
      Tensor,
      Tensor,
    ];
    const run = (kernel: typeof stock) => (): void => {
      // A fresh operand each time, as in training: packed weights of the last call must not help.
      const fresh = engine().runKernel('Add', { a: b, b: zero }) as Tensor;
      const out = kernel.kernelFunc({
        inputs: { a, b: fresh },
        backend: backend(),
        attrs: { transposeA, transposeB },
      }) as TensorInfo;
      backend().readSync(out.dataId);
      backend().disposeData(out.dataId);
      dispose(fresh);
    };
    const zero = randomUniform([], 0, 0);
    const [before, after] = medians(
      [
        { name: 'stock', run: run(stock) },
        { name: 'here', run: run(ours) },
      ],
      rounds,
    ) as [number, number];
    const [m, k] = transposeA ? [shapeA[1]!, shapeA[0]!] : [shapeA[0]!, shapeA[1]!];
    const n = transposeB ? shapeB[0]! : shapeB[1]!;
    rows.push([
      name,
      before.toFixed(1),
      after.toFixed(1),
      (before / after).toFixed(1),
      ((2 * m * k * n) / after / 1e6).toFixed(1),
    ]);
    dispose([a, b, zero]);
  }
  printTable(rows);
}
