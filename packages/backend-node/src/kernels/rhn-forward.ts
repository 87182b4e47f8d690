import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { composedKernel, composedRhnSequence, KERNELS } from '@secateur/backend';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import { fusedKernel, type Infos } from './fused-kernel.ts';
import { batchMajor, timeMajor } from './steps.ts';

/**
 * Makes the `RhnSequence` kernel. The inputs of all steps are one product with the first depth's bias; a depth of a step is
 * one more product and eight operations on `[batch, units]` or twice that.
 */
export function rhnSequenceKernel(): KernelConfig {
  return fusedKernel(
    KERNELS.rhnSequence,
    composedKernel(composedRhnSequence),
    (ops, inputs, attributes) => {
      if (inputs['recurrent']!.shape[0] === 0) return undefined;
      return forward(ops, inputs, attributes['transformBias'] as number);
    },
  );
}

function forward(ops: Operations, inputs: Infos, transformBias: number): TensorInfo[] {
  const x = inputs['x']!;
  const [batch, time] = x.shape as [number, number];
  const [units, columns] = inputs['recurrent']!.shape as [number, number];
  const depth = columns / (2 * units);
  const matrices = ops.split(ops.input(inputs['recurrent']!), depth, 1); // [H, 2H] each
  const bias = shifted(ops, ops.input(inputs['bias']!), units, depth, transformBias);
  const biases = ops.split(bias, depth, 0);
  const mask = ops.input(inputs['mask']!);
  const kernel = ops.input(inputs['kernel']!);
  const projected = ops.float('BiasAdd', ops.matMul(timeMajor(ops, x), kernel), biases[0]!);

  let s = ops.input(inputs['s0']!);
  const outputs: Handle[] = [];
  const activations: Handle[] = [];
  const states: Handle[] = [];
  for (const input of ops.split(projected, time, 0)) {
    // In a scope, so that the next step computes in memory that is still in the cache.
    const step = ops.scope(() => {
      const gates: Handle[] = [];
      const after: Handle[] = [];
      let state = s;
      matrices.forEach((matrix, level) => {
        const own = ops.matMul(ops.float('Mul', state, mask), matrix);
        const z =
          level === 0 ? ops.float('AddV2', own, input) : ops.float('BiasAdd', own, biases[level]!);
        const [zh, zt] = ops.split(z, 2, 1) as [Handle, Handle];
        const h = ops.float('Tanh', zh);
        const t = ops.float('Sigmoid', zt);
        state = ops.float('AddV2', ops.float('Mul', ops.float('Sub', h, state), t), state);
        gates.push(h, t);
        after.push(state);
      });
      return [state, ops.concat(gates, 1), ops.concat(after, 1)];
    }) as [Handle, Handle, Handle];
    s = step[0];
    outputs.push(s);
    activations.push(step[1]);
    states.push(step[2]);
  }
  return [
    batchMajor(ops, ops.concat(outputs, 0), batch, time, units),
    ops.reshape(ops.concat(activations, 0), [time, batch, columns]),
    ops.reshape(ops.concat(states, 0), [time, batch, depth * units]),
  ].map(ops.output);
}

/** The biases with `transformBias` added to those of every depth's transform gate. */
function shifted(
  ops: Operations,
  bias: Handle,
  units: number,
  depth: number,
  transformBias: number,
): Handle {
  if (transformBias === 0) return bias;
  const shift = new Float32Array(2 * depth * units);
  for (let level = 0; level < depth; level++) {
    shift.fill(transformBias, (2 * level + 1) * units, (2 * level + 2) * units);
  }
  return ops.float('AddV2', bias, ops.constant([shift.length], shift));
}
