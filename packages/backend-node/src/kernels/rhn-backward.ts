import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { composedKernel, composedRhnSequenceGrad, KERNELS } from '@secateur/backend';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import { fusedKernel, type Infos } from './fused-kernel.ts';
import { inputGradients, statesBefore, timeMajor } from './steps.ts';

/**
 * Makes the `RhnSequenceGrad` kernel. What gradients are multiplied by is made for all steps at once; a depth of a step is
 * one product and five operations, and the gradient of each depth's weights one product over all steps.
 */
export function rhnSequenceGradKernel(): KernelConfig {
  return fusedKernel(
    KERNELS.rhnSequenceGrad,
    composedKernel(composedRhnSequenceGrad),
    (ops, inputs) => (inputs['s0']!.shape[1] === 0 ? undefined : backward(ops, inputs)),
  );
}

function backward(ops: Operations, inputs: Infos): TensorInfo[] {
  const [batch, time] = inputs['x']!.shape as [number, number];
  const [units, columns] = inputs['recurrent']!.shape as [number, number];
  const depth = columns / (2 * units);
  const mask = ops.input(inputs['mask']!);
  const matrices = ops.split(ops.input(inputs['recurrent']!), depth, 1); // [H, 2H] each
  const levels = levelsOf(ops, inputs, depth, time);

  const dy = ops.split(timeMajor(ops, inputs['dy']!), time, 0);
  const dzs = matrices.map(() => new Array<Handle>(time));
  let ds = dy[time - 1]!;
  for (let t = time - 1; t >= 0; t--) {
    const [last, ...made] = ops.scope(() => {
      let now = ds;
      const each: Handle[] = [];
      for (let level = depth - 1; level >= 0; level--) {
        const { slopes, carry } = levels[level]!;
        const dz = ops.float('Mul', ops.concat([now, now], 1), slopes[t]!);
        const back = ops.float('Mul', ops.matMul(dz, matrices[level]!, false, true), mask);
        now = ops.float('AddV2', ops.float('Mul', now, carry[t]!), back);
        each.unshift(dz);
      }
      return [t === 0 ? now : ops.float('AddV2', now, dy[t - 1]!), ...each];
    });
    ds = last!;
    made.forEach((dz, level) => (dzs[level]![t] = dz));
  }

  const all = dzs.map((each) => ops.concat(each, 0)); // [T*B, 2H] each
  const drecurrent = all.map((dz, level) => {
    const read = ops.float('Mul', ops.reshape(levels[level]!.before, [time, batch, units]), mask);
    return ops.matMul(ops.reshape(read, [time * batch, units]), dz, true);
  });
  return [
    ...inputGradients(ops, inputs, all[0]!),
    ops.concat(drecurrent, 1),
    ops.concat(
      all.map((dz) => ops.sum(dz, [0])),
      0,
    ),
    ds,
  ].map(ops.output);
}

/** What one depth multiplies by on the way back. */
interface Level {
  /** States before it at all steps, `[T*B, H]`. */
  readonly before: Handle;
  /** For each step what turns ds, side by side with itself, into dz: `[t * (1 - h^2), (h - s) * t * (1 - t)]`, `[B, 2H]`. */
  readonly slopes: readonly Handle[];
  /** For each step what the state carries on: `1 - t`, `[B, H]`. */
  readonly carry: readonly Handle[];
}

function levelsOf(ops: Operations, inputs: Infos, depth: number, time: number): Level[] {
  const [batch, units] = inputs['s0']!.shape as [number, number];
  const rows = time * batch;
  const gates = ops.split(
    ops.input(inputs['activations']!, [rows, 2 * depth * units]),
    2 * depth,
    1,
  );
  const after = ops.split(ops.input(inputs['states']!, [rows, depth * units]), depth, 1);
  const first = statesBefore(ops, ops.input(inputs['s0']!), after[depth - 1]!, time);
  const one = ops.constant([], Float32Array.of(1));
  return [first, ...after.slice(0, -1)].map((before, level) => {
    const [h, t] = gates.slice(2 * level, 2 * level + 2) as [Handle, Handle];
    // TanhGrad(h, t) is t * (1 - h^2), SigmoidGrad(t, u) is u * t * (1 - t).
    const transform = ops.float('SigmoidGrad', t, ops.float('Sub', h, before));
    const slopes = ops.concat([ops.float('TanhGrad', h, t), transform], 1);
    return {
      before,
      slopes: ops.split(slopes, time, 0),
      carry: ops.split(ops.float('Sub', one, t), time, 0),
    };
  });
}
