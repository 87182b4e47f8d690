import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  cellAttributes,
  cellBackward,
  cellDone,
  cellForward,
  cellInputs,
  type CellInputs,
  type CellKernelAttributes,
  type FusedKernelName,
  gradientNames,
  KERNELS,
  mapCellInputs,
  otherStates,
} from '@secateur/backend/kernels';
import { cellOperations } from '../cell-operations.ts';
import type { Handle, NativeBackend } from '../native-backend.ts';
import { type Operations, withOperations } from '../operations.ts';
import { blockLstm, fitsBlock, isLstm, lstmBackInTime } from './block-lstm.ts';
import type { Infos } from './fused-kernel.ts';
import { batchMajor, timeMajor } from './steps.ts';

/**
 * Makes the pair `RecurrentSequence` and `RecurrentSequenceGrad` for any cell: the composed form, with TensorFlow's operations
 * on handles.
 */
export function recurrentSequenceKernels(): KernelConfig[] {
  return [
    kernel(KERNELS.recurrentSequence, forward),
    kernel(KERNELS.recurrentSequenceGrad, backward),
  ];
}

type Pass = (ops: Operations, inputs: Infos, attributes: CellKernelAttributes) => TensorInfo[];

function kernel(kernelName: FusedKernelName, pass: Pass): KernelConfig {
  return {
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) =>
      withOperations(backend as NativeBackend, (ops) =>
        pass(ops, inputs as Infos, cellAttributes(attrs)),
      ),
  };
}

const forward: Pass = (ops, inputs, { cell, ...attributes }) => {
  const sorted = cellInputs(cell, inputs);
  if (fitsBlock(cell, sorted)) return blockLstm(ops, sorted, attributes).map(ops.output);
  const [batch, time] = sorted.x.shape as [number, number];
  const { y, activations, saved, states } = cellForward(
    cellOperations(ops),
    cell,
    matricesOf(ops, sorted),
    attributes,
  );
  const steps = (x: Handle): Handle => ops.reshape(x, [time, batch, x.shape[1]!]);
  return [
    batchMajor(ops, y, batch, time),
    steps(activations),
    steps(saved),
    ...otherStates(cell).map((name) => states[name]!),
  ].map(ops.output);
};

const backward: Pass = (ops, inputs, { cell, ...attributes }) => {
  const sorted = cellInputs(cell, inputs);
  const [batch, time] = sorted.x.shape as [number, number];
  const { y, dy, activations, saved, dstates } = cellDone(cell, inputs);
  const rows = (x: TensorInfo): Handle => ops.input(x, [time * batch, x.shape[2]!]);
  const done = {
    y: timeMajor(ops, y),
    dy: timeMajor(ops, dy),
    activations: rows(activations),
    saved: rows(saved),
    dstates: Object.fromEntries(otherStates(cell).map((name) => [name, ops.input(dstates[name]!)])),
  };
  const gradients = cellBackward(
    cellOperations(ops),
    cell,
    matricesOf(ops, sorted),
    done,
    attributes,
    isLstm(cell) ? lstmBackInTime(ops) : undefined,
  );
  return gradientNames(cell).map(([kind, name]) => {
    if (kind === 'x') return ops.output(batchMajor(ops, gradients.x, batch, time));
    return ops.output((kind === 'weight' ? gradients.weights : gradients.states)[name]!);
  });
};

/** Inputs with the steps in a row, and with vectors as rows. */
const matricesOf = (ops: Operations, inputs: CellInputs<TensorInfo>): CellInputs<Handle> =>
  mapCellInputs(
    inputs,
    (x) => timeMajor(ops, x),
    (info) => ops.input(info, info.shape.length === 1 ? [1, info.shape[0]!] : info.shape),
  );
