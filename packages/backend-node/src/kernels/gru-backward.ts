import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedGruSequenceGrad,
  composedKernel,
  type GruGatePositions,
  gruGatePositions,
  KERNELS,
} from '@secateur/backend';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import { fusedKernel, type Infos } from './fused-kernel.ts';
import { inOrder, splitGates } from './gru-gates.ts';
import { inputGradients, statesBefore, timeMajor } from './steps.ts';

/**
 * Makes the `GruSequenceGrad` kernel. What gradients are multiplied by is made for all steps at once; a step is one product
 * and five operations, or two products and nine where the reset gate comes before the product.
 */
export function gruSequenceGradKernel(): KernelConfig {
  return fusedKernel(
    KERNELS.gruSequenceGrad,
    composedKernel(composedGruSequenceGrad),
    (ops, inputs, attributes) => {
      if (inputs['h0']!.shape[1] === 0) return undefined;
      const gates = gruGatePositions(attributes['gates'] as string);
      return backward(ops, inputs, gates, attributes['resetAfter'] as boolean);
    },
  );
}

function backward(
  ops: Operations,
  inputs: Infos,
  gates: GruGatePositions,
  resetAfter: boolean,
): TensorInfo[] {
  const time = inputs['x']!.shape[1]!;
  const recurrent = ops.input(inputs['recurrent']!);
  const dy = ops.split(timeMajor(ops, inputs['dy']!), time, 0);
  const through = resetAfter ? resetAfterProduct : resetBeforeProduct;
  const found = through(ops, recurrent, localGradients(ops, inputs, gates), dy, gates);
  return [
    ...inputGradients(ops, inputs, found.dz),
    found.drecurrent,
    ops.sum(found.dz, [0]),
    found.drecurrentBias,
    found.dh0,
  ].map(ops.output);
}

/** What is known of all steps before going back through them, each `[T*B, H]`. */
interface LocalGradients {
  /** State before each step. */
  readonly before: Handle;
  /** The update gate: what the state carries on. */
  readonly update: Handle;
  /** The reset gate. */
  readonly reset: Handle;
  /** The recurrent part of the candidate, or the state that it read. */
  readonly fourth: Handle;
  /** What turns dh into the update gate's gradient before its sigmoid: `(h - n) * z * (1 - z)`. */
  readonly toUpdate: Handle;
  /** What turns dh into the candidate's gradient before its tanh: `(1 - z) * (1 - n^2)`. */
  readonly toCandidate: Handle;
}

function localGradients(ops: Operations, inputs: Infos, gates: GruGatePositions): LocalGradients {
  const [batch, time] = inputs['x']!.shape as [number, number];
  const units = inputs['h0']!.shape[1]!;
  const blocks = ops.split(ops.input(inputs['activations']!, [time * batch, 4 * units]), 4, 1);
  const [z, r, n] = [gates.z, gates.r, gates.n].map((block) => blocks[block]!) as [
    Handle,
    Handle,
    Handle,
  ];
  const before = statesBefore(ops, ops.input(inputs['h0']!), timeMajor(ops, inputs['y']!), time);
  const one = ops.constant([], Float32Array.of(1));
  return {
    before,
    update: z,
    reset: r,
    fourth: blocks[3]!,
    // SigmoidGrad(z, u) is u * z * (1 - z), TanhGrad(n, u) is u * (1 - n^2).
    toUpdate: ops.float('SigmoidGrad', z, ops.float('Sub', before, n)),
    toCandidate: ops.float('TanhGrad', n, ops.float('Sub', one, z)),
  };
}

/** Gradients through the recurrence: of what the gates got from their inputs, and of all that it read. */
interface Recurrence {
  /** Of the inputs' products plus biases, `[T*B, 3H]`. */
  readonly dz: Handle;
  /** Of the recurrent weights, `[H, 3H]`. */
  readonly drecurrent: Handle;
  /** Of the recurrent biases, `[3H]`. */
  readonly drecurrentBias: Handle;
  /** Of the state before the first step, `[B, H]`. */
  readonly dh0: Handle;
}

type ThroughTime = (
  ops: Operations,
  recurrent: Handle,
  local: LocalGradients,
  dy: readonly Handle[],
  gates: GruGatePositions,
) => Recurrence;

/** The reset gate weighs the candidate's recurrent product: dh times slopes known beforehand is the whole gradient. */
const resetAfterProduct: ThroughTime = (ops, recurrent, local, dy, gates) => {
  const time = dy.length;
  const { toUpdate: z, toCandidate } = local;
  const r = ops.float('SigmoidGrad', local.reset, ops.float('Mul', toCandidate, local.fourth));
  const n = ops.float('Mul', toCandidate, local.reset);
  const slopes = ops.split(ops.concat(inOrder(gates, { z, r, n }), 1), time, 0);
  const carry = ops.split(local.update, time, 0);

  const dhs = new Array<Handle>(time);
  const owns = new Array<Handle>(time);
  let dh = dy[time - 1]!;
  for (let t = time - 1; t >= 0; t--) {
    dhs[t] = dh;
    [owns[t], dh] = ops.scope(() => {
      const own = ops.float('Mul', ops.concat([dh, dh, dh], 1), slopes[t]!);
      const carried = ops.float('Mul', dh, carry[t]!);
      const back = ops.float('AddV2', carried, ops.matMul(own, recurrent, false, true));
      return [own, t > 0 ? ops.float('AddV2', dy[t - 1]!, back) : back];
    }) as [Handle, Handle];
  }

  const own = ops.concat(owns, 0); // [T*B, 3H]
  // The inputs' part of the candidate is not weighed by the reset gate.
  const blocks = ops.split(own, 3, 1);
  blocks[gates.n] = ops.float('Mul', ops.concat(dhs, 0), toCandidate);
  return {
    dz: ops.concat(blocks, 1),
    drecurrent: ops.matMul(local.before, own, true),
    drecurrentBias: ops.sum(own, [0]),
    dh0: dh,
  };
};

/** The reset gate weighs the state that the candidate reads: its gradient waits for the candidate's product. */
const resetBeforeProduct: ThroughTime = (ops, recurrent, local, dy, gates) => {
  const time = dy.length;
  const weights = splitGates(ops, recurrent, 1, gates);
  const steps = (all: Handle): Handle[] => ops.split(all, time, 0);
  const toUpdate = steps(local.toUpdate);
  const toCandidate = steps(local.toCandidate);
  const reset = steps(local.reset);
  const toReset = steps(ops.float('SigmoidGrad', local.reset, local.before));
  const carry = steps(local.update);

  const dsigmoids = new Array<Handle>(time);
  const dcandidates = new Array<Handle>(time);
  let dh = dy[time - 1]!;
  for (let t = time - 1; t >= 0; t--) {
    [dsigmoids[t], dcandidates[t], dh] = ops.scope(() => {
      const dn = ops.float('Mul', dh, toCandidate[t]!);
      const dkept = ops.matMul(dn, weights.candidate, false, true);
      const dupdate = ops.float('Mul', dh, toUpdate[t]!);
      const dboth = ops.concat([dupdate, ops.float('Mul', dkept, toReset[t]!)], 1);
      const carried = ops.float('Mul', dh, carry[t]!);
      const kept = ops.float('Mul', dkept, reset[t]!);
      const direct = ops.float('AddV2', carried, kept);
      const back = ops.float('AddV2', direct, ops.matMul(dboth, weights.sigmoids, false, true));
      return [dboth, dn, t > 0 ? ops.float('AddV2', dy[t - 1]!, back) : back];
    }) as [Handle, Handle, Handle];
  }

  const dboth = ops.concat(dsigmoids, 0); // [T*B, 2H]
  const dn = ops.concat(dcandidates, 0); // [T*B, H]
  const joined = (sigmoids: Handle, n: Handle): Handle => {
    const [z, r] = ops.split(sigmoids, 2, 1) as [Handle, Handle];
    return ops.concat(inOrder(gates, { z, r, n }), 1);
  };
  const dz = joined(dboth, dn);
  return {
    dz,
    drecurrent: joined(ops.matMul(local.before, dboth, true), ops.matMul(local.fourth, dn, true)),
    // An output is a handle of its own, so this is not the sum that the other bias gets.
    drecurrentBias: ops.sum(dz, [0]),
    dh0: dh,
  };
};
