import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedKernel,
  composedLstmSequence,
  gatePositions,
  type GatePositions,
  KERNELS,
} from '@secateur/backend';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import { fusedKernel, type Infos } from './fused-kernel.ts';
import { blockForward, fitsBlock } from './lstm-block.ts';
import { batchMajor, timeMajor } from './steps.ts';

/**
 * Makes the `LstmSequence` kernel. Small weights go through one operation for the whole sequence; with larger ones the
 * input's part of all steps is one product, and a step is one more and a dozen operations on `[batch, units]`.
 */
export function lstmSequenceKernel(): KernelConfig {
  return fusedKernel(
    KERNELS.lstmSequence,
    composedKernel(composedLstmSequence),
    (ops, inputs, attributes) => {
      const units = inputs['recurrent']!.shape[0]!;
      if (units === 0) return undefined;
      const gates = gatePositions(attributes['gates'] as string);
      const way = fitsBlock(inputs['x']!.shape[2]!, units) ? blockForward : forward;
      return way(ops, inputs, gates, attributes['forgetBias'] as number);
    },
  );
}

/** `LstmSequence` step by step. */
export function forward(
  ops: Operations,
  inputs: Infos,
  gates: GatePositions,
  forgetBias: number,
): TensorInfo[] {
  const x = inputs['x']!;
  const [batch, time] = x.shape as [number, number];
  const units = inputs['recurrent']!.shape[0]!;
  const kernel = ops.input(inputs['kernel']!);
  const recurrent = ops.input(inputs['recurrent']!);
  const bias = shifted(ops, ops.input(inputs['bias']!), units, gates, forgetBias);
  const projected = ops.float('BiasAdd', ops.matMul(timeMajor(ops, x), kernel), bias); // [T*B, 4H]

  let h = ops.input(inputs['h0']!);
  let c = ops.input(inputs['c0']!);
  const outputs: Handle[] = [];
  const states: Handle[] = [];
  const activations: Handle[] = [];
  for (const input of ops.split(projected, time, 0)) {
    const z = ops.split(ops.float('AddV2', ops.matMul(h, recurrent), input), 4, 1);
    const blocks = z.map((block, at) => ops.float(at === gates.g ? 'Tanh' : 'Sigmoid', block));
    const kept = ops.float('Mul', blocks[gates.f]!, c);
    const added = ops.float('Mul', blocks[gates.i]!, blocks[gates.g]!);
    c = ops.float('AddV2', kept, added);
    h = ops.float('Mul', blocks[gates.o]!, ops.float('Tanh', c));
    outputs.push(h);
    states.push(c);
    activations.push(ops.concat(blocks, 1));
  }
  const y = batchMajor(ops, ops.concat(outputs, 0), batch, time, units);
  return [
    ops.output(y),
    // A handle is one output's, so the last state gets its own.
    ops.output(ops.reshape(c, [batch, units])),
    ops.output(ops.reshape(ops.concat(activations, 0), [time, batch, 4 * units])),
    ops.output(ops.reshape(ops.concat(states, 0), [time, batch, units])),
  ];
}

/** The bias with `forgetBias` added to the forget gate's block. */
function shifted(
  ops: Operations,
  bias: Handle,
  units: number,
  gates: GatePositions,
  forgetBias: number,
): Handle {
  if (forgetBias === 0) return bias;
  const shift = new Float32Array(4 * units).fill(
    forgetBias,
    gates.f * units,
    (gates.f + 1) * units,
  );
  return ops.float('AddV2', bias, ops.constant([4 * units], shift));
}
