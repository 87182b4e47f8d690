import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedKernel,
  composedLstmSequenceGrad,
  gatePositions,
  type GatePositions,
  KERNELS,
} from '@secateur/backend';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';
import { fusedKernel, type Infos } from './fused-kernel.ts';
import { inCellOrder } from './lstm-block.ts';
import { inputGradients, statesBefore, timeMajor } from './steps.ts';

/**
 * Makes the `LstmSequenceGrad` kernel. TensorFlow's own whole-sequence gradient (BlockLSTMGrad) multiplies for the
 * weights' gradients at every step, which takes three to eight times as long as one product over all steps; its gradient
 * of a single cell (LSTMBlockCellGrad) multiplies nothing, and does a step's elementwise work in one pass.
 */
export function lstmSequenceGradKernel(): KernelConfig {
  return fusedKernel(
    KERNELS.lstmSequenceGrad,
    composedKernel(composedLstmSequenceGrad),
    (ops, inputs, attributes) => {
      if (inputs['h0']!.shape[1] === 0) return undefined;
      return backward(ops, inputs, gatePositions(attributes['gates'] as string));
    },
  );
}

function backward(ops: Operations, inputs: Infos, gates: GatePositions): TensorInfo[] {
  const [batch, time] = inputs['x']!.shape as [number, number];
  const units = inputs['h0']!.shape[1]!;
  const rows = time * batch;
  // The cell's order of gates all through the loop: the sums change theirs once, after it.
  const recurrent = inCellOrder(ops, ops.input(inputs['recurrent']!), [units, units], gates);
  const h0 = ops.input(inputs['h0']!);
  const c0 = ops.input(inputs['c0']!);

  const states = ops.input(inputs['states']!, [rows, units]);
  const blocks = ops.split(ops.input(inputs['activations']!, [rows, 4 * units]), 4, 1);
  const steps = (all: Handle): Handle[] => ops.split(all, time, 0);
  const [i, f, g, o] = [gates.i, gates.f, gates.g, gates.o].map((at) => steps(blocks[at]!)) as [
    Handle[],
    Handle[],
    Handle[],
    Handle[],
  ];
  const c = steps(states);
  const squashed = steps(ops.float('Tanh', states));
  const dy = steps(timeMajor(ops, inputs['dy']!));
  const cell = cellGradient(ops, batch, units, recurrent);

  const dzs = new Array<Handle>(time);
  let dh = dy[time - 1]!;
  let dc = ops.input(inputs['dcLast']!);
  for (let t = time - 1; t >= 0; t--) {
    const before = t === 0 ? c0 : c[t - 1]!;
    const step = cell(before, [i[t]!, c[t]!, f[t]!, o[t]!, g[t]!, squashed[t]!], dc, dh);
    dc = step.dc;
    dzs[t] = step.dz;
    const back = ops.matMul(step.dz, recurrent, false, true);
    dh = t === 0 ? back : ops.float('AddV2', dy[t - 1]!, back);
  }

  const dz = fromCellOrder(ops, ops.concat(dzs, 0), gates); // [T*B, 4H]
  const earlier = statesBefore(ops, h0, timeMajor(ops, inputs['y']!), time);
  return [
    ...inputGradients(ops, inputs, dz),
    ops.matMul(earlier, dz, true),
    ops.sum(dz, [0]),
    dh,
    dc,
  ].map(ops.output);
}

type CellGradient = (
  cBefore: Handle,
  forward: readonly Handle[],
  dc: Handle,
  dh: Handle,
) => { dc: Handle; dz: Handle };

/**
 * `LSTMBlockCellGrad`: from `i, c, f, o, g, tanh(c)` of a step to the gradient of the state before it and of the sums that
 * the gates are made of, in the order i, g, f, o. It looks at the shapes of inputs and weights only, and without
 * peepholes at no more of their weights.
 */
function cellGradient(
  ops: Operations,
  batch: number,
  units: number,
  recurrent: Handle,
): CellGradient {
  const nothing = ops.constant([batch, 0], new Float32Array(0));
  const peephole = ops.constant([units], new Float32Array(units));
  const bias = ops.constant([4 * units], new Float32Array(4 * units));
  const attributes = [ops.type, ops.flag('use_peephole', false)];
  return (cBefore, forward, dc, dh) => {
    const inputs = [nothing, cBefore, dh, recurrent, peephole, peephole, peephole, bias];
    const [dcBefore, dz] = ops.run(
      'LSTMBlockCellGrad',
      attributes,
      [...inputs, ...forward, dc, dh],
      5,
    );
    return { dc: dcBefore!, dz: dz! };
  };
}

/** Puts the blocks i, g, f, o in the order of the gates. */
function fromCellOrder(ops: Operations, dz: Handle, gates: GatePositions): Handle {
  if (gates.i === 0 && gates.g === 1 && gates.f === 2) return dz;
  const [i, g, f, o] = ops.split(dz, 4, 1) as [Handle, Handle, Handle, Handle];
  const blocks: Handle[] = [];
  blocks[gates.i] = i;
  blocks[gates.g] = g;
  blocks[gates.f] = f;
  blocks[gates.o] = o;
  return ops.concat(blocks, 1);
}
