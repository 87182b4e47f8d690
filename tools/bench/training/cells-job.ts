import {
  grads,
  mean,
  square,
  tensor,
  tidy,
  type Tensor,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import {
  composedKernel,
  composedRecurrentSequence,
  composedRecurrentSequenceGrad,
  KERNELS,
  registerFusedKernel,
} from '@secateur/backend/kernels';
import { recurrentLayer, sequence, weightTensors } from '@secateur/cells';
import { coupledLstmCell, liGruCell, peepholeLstmCell, simpleRnnCell } from '@secateur/kernels';
import { startAny } from '../backend.ts';
import { prepareForwards, type Forward } from '../inference/forward-passes.ts';
import type { Job, Prepared } from '../process/job.ts';
import { ownCell, ownCellByHand } from './own-cell.ts';

/** What the job is told. */
export interface CellsInput {
  /**
   * Who computes a cell: a fused kernel; operations, on our products or on TensorFlow.js's own kernels; or what a user writes without
   * us, on TensorFlow.js's own kernels.
   */
  readonly way: 'fused' | 'composed' | 'stock' | 'by hand';
  readonly units: number;
  readonly batch: number;
  readonly steps: number;
}

/** Cells for which no kernel was written by hand, one of a user's among them. */
const cells = [ownCell, peepholeLstmCell, coupledLstmCell, liGruCell, simpleRnnCell];

/** Makes each cell ready over whole sequences: its outputs, and the gradients of a loss with respect to all of its weights. */
export async function prepare(
  { way, units, batch, steps }: CellsInput,
  { threads }: Job,
): Promise<Prepared> {
  const facts = await startAny(way === 'stock' || way === 'by hand' ? 'stock' : 'ours', threads);
  if (way === 'composed') {
    const forms = [
      [KERNELS.recurrentSequence, composedRecurrentSequence],
      [KERNELS.recurrentSequenceGrad, composedRecurrentSequenceGrad],
    ] as const;
    for (const [name, form] of forms) registerFusedKernel(name, 'wasm', composedKernel(form));
  }
  const values = Float32Array.from({ length: batch * steps * units }, (_, k) => Math.sin(1.7 * k));
  const x: Tensor3D = tensor(values, [batch, steps, units]);
  const some = way === 'by hand' ? [ownCell] : cells;
  const cases = some.flatMap((cell): (readonly [string, () => Forward])[] => {
    const net = sequence(recurrentLayer('cell', cell, { input: 'x', units: 'h' }));
    const weights = weightTensors(net.init({ x: units, h: units }, 1));
    const names = Object.keys(weights);
    const outputs = (tensors: readonly Tensor[]) =>
      way === 'by hand'
        ? ownCellByHand(tensors, x)
        : net.apply(Object.fromEntries(names.map((name, k) => [name, tensors[k]!])), x).outputs;
    const tensors = Object.values(weights);
    const gradients = grads((...tensors: Tensor[]) => mean(square(outputs(tensors))));
    return [
      [`${cell.name}, forward`, () => () => valuesOf(() => [outputs(tensors)])],
      [`${cell.name}, gradient`, () => () => valuesOf(() => gradients(tensors))],
    ];
  });
  return prepareForwards(cases, facts);
}

/** All values of some tensors, one after the other; the tensors are disposed. */
async function valuesOf(make: () => Tensor[]): Promise<Float32Array> {
  const tensors = tidy(make);
  const values = await Promise.all(tensors.map(async (one) => one.data<'float32'>()));
  const all = new Float32Array(tensors.reduce((sum, { size }) => sum + size, 0));
  let from = 0;
  for (const [k, one] of tensors.entries()) {
    all.set(values[k]!, from);
    from += one.size;
    one.dispose();
  }
  return all;
}
