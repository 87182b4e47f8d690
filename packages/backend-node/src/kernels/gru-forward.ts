import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedGruSequence,
  composedKernel,
  type GruGatePositions,
  gruGatePositions,
  KERNELS,
} from '@secateur/backend';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import { fusedKernel, type Infos } from './fused-kernel.ts';
import { type GateParts, inOrder, splitGates } from './gru-gates.ts';
import { batchMajor, timeMajor } from './steps.ts';

/**
 * Makes the `GruSequence` kernel. The inputs of all steps are two products, for the gates and for the candidate; a step is
 * two more and ten or eleven operations on `[batch, units]` or twice that, whichever form the reset gate has.
 */
export function gruSequenceKernel(): KernelConfig {
  return fusedKernel(
    KERNELS.gruSequence,
    composedKernel(composedGruSequence),
    (ops, inputs, attributes) => {
      if (inputs['recurrent']!.shape[0] === 0) return undefined;
      const gates = gruGatePositions(attributes['gates'] as string);
      return forward(ops, inputs, gates, attributes['resetAfter'] as boolean);
    },
  );
}

function forward(
  ops: Operations,
  inputs: Infos,
  gates: GruGatePositions,
  resetAfter: boolean,
): TensorInfo[] {
  const [batch, time] = inputs['x']!.shape as [number, number];
  const units = inputs['recurrent']!.shape[0]!;
  const kernel = splitGates(ops, ops.input(inputs['kernel']!), 1, gates);
  const recurrent = splitGates(ops, ops.input(inputs['recurrent']!), 1, gates);
  const bias = splitGates(ops, ops.input(inputs['bias']!), 0, gates);
  const recurrentBias = splitGates(ops, ops.input(inputs['recurrentBias']!), 0, gates);
  const both = (name: keyof GateParts): Handle =>
    ops.float('AddV2', bias[name], recurrentBias[name]);
  const x = timeMajor(ops, inputs['x']!);
  const steps = (name: keyof GateParts, shift: Handle): Handle[] =>
    ops.split(ops.float('BiasAdd', ops.matMul(x, kernel[name]), shift), time, 0);
  const sigmoids = steps('sigmoids', both('sigmoids')); // [B, 2H] each
  const candidates = steps('candidate', resetAfter ? bias.candidate : both('candidate'));

  let h = ops.input(inputs['h0']!);
  const outputs: Handle[] = [];
  const activations: Handle[] = [];
  candidates.forEach((input, t) => {
    // In a scope, so that the next step computes in memory that is still in the cache.
    const step = ops.scope(() => {
      const sums = ops.float('AddV2', ops.matMul(h, recurrent.sigmoids), sigmoids[t]!);
      const [z, r] = ops.split(ops.float('Sigmoid', sums), 2, 1) as [Handle, Handle];
      let fourth: Handle;
      let own: Handle;
      if (resetAfter) {
        fourth = ops.matMul(h, recurrent.candidate);
        fourth = ops.float('BiasAdd', fourth, recurrentBias.candidate);
        own = ops.float('Mul', r, fourth);
      } else {
        fourth = ops.float('Mul', r, h);
        own = ops.matMul(fourth, recurrent.candidate);
      }
      const n = ops.float('Tanh', ops.float('AddV2', own, input));
      const after = ops.float('AddV2', ops.float('Mul', ops.float('Sub', h, n), z), n);
      return [after, ops.concat([...inOrder(gates, { z, r, n }), fourth], 1)];
    }) as [Handle, Handle];
    h = step[0];
    outputs.push(h);
    activations.push(step[1]);
  });
  return [
    batchMajor(ops, ops.concat(outputs, 0), batch, time, units),
    ops.reshape(ops.concat(activations, 0), [time, batch, 4 * units]),
  ].map(ops.output);
}
