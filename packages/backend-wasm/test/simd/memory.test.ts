import {
  add,
  clipByValue,
  gather,
  memory,
  mul,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  train,
  variable,
  zeros,
  type Rank,
  type Scalar,
  type Tensor2D,
  type Tensor3D,
  reshape,
  fused,
} from '@tensorflow/tfjs-core';
import { recurrentSequence, sparseSoftmaxCrossEntropy } from '@secateur/backend/kernels';
import { lstmCell } from '@secateur/kernels';
import { expect, test } from 'vitest';
import { floats } from '@secateur/testing';
import { describeBuilds, wasm } from './builds.ts';

const [vocab, width, units, batch, time] = [50, 6, 7, 3, 4];

/** A language model's step with every kernel that is ours. */
function training() {
  const draw = (shape: [number, number], seed: number) =>
    tidy(() => variable(tensor2d(floats(shape[0] * shape[1], seed, 0.3), shape)));
  const table = draw([vocab, width], 1);
  const kernel = draw([width, 4 * units], 2);
  const recurrent = draw([units, 4 * units], 3);
  const out = draw([units, vocab], 4);
  const bias = tidy(() => variable(zeros<Rank.R1>([4 * units])));
  const outBias = tidy(() => variable(zeros<Rank.R1>([vocab])));
  const variables = [table, kernel, recurrent, out, bias, outBias];
  const optimizer = train.sgd(0.5);
  const step = (k: number): number => {
    const word = (i: number): number => (k + i * i) % vocab;
    return tidy(() => {
      const ids = tensor1d(
        Array.from({ length: batch * time }, (_, i) => word(i)),
        'int32',
      );
      const labels = tensor1d(
        Array.from({ length: batch * time }, (_, i) => word(i + 1)),
        'int32',
      );
      const cost = optimizer.minimize(
        () => {
          const { y } = recurrentSequence(lstmCell, {
            x: reshape(gather(table, ids), [batch, time, width]) as Tensor3D,
            weights: { kernel, recurrent, bias },
          });
          const rows = reshape<Rank.R2>(y, [batch * time, units]);
          const logits = fused.matMul({ a: rows, b: out as unknown as Tensor2D, bias: outBias });
          const losses = sparseSoftmaxCrossEntropy(logits as Tensor2D, labels);
          const penalty = mul(sum(mul(out, clipByValue(out, -1, 1))), 1e-4);
          return add(sum(losses), penalty) as Scalar;
        },
        true,
        variables as never,
      )!;
      return cost.dataSync()[0]!;
    });
  };
  return {
    step,
    dispose: () => {
      for (const each of variables) each.dispose();
      optimizer.dispose();
    },
  };
}

const heapBytes = (): number =>
  (wasm() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;

describeBuilds('two thousand steps of training', (build) => {
  test('take no more memory than two hundred', () => {
    const { step, dispose } = training();
    // Without SIMD a step takes many times as long, and none of our memory.
    const [early, late] = build === 'none' ? [20, 100] : [200, 2000];
    let [loss, tensors, buffers, bytes] = [0, 0, 0, 0];
    for (let k = 1; k <= late; k++) {
      loss = step(k);
      if (k !== early) continue;
      [tensors, buffers, bytes] = [memory().numTensors, memory().numDataBuffers, heapBytes()];
    }
    expect(memory().numTensors).toBe(tensors);
    expect(memory().numDataBuffers).toBe(buffers);
    expect(heapBytes()).toBe(bytes);
    expect(loss).toBeGreaterThan(0);
    dispose();
  });
});
