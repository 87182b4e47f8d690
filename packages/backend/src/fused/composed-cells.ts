// The composed forms of the sequence kernels of LSTM, GRU and RHN: their definitions, in words of their contracts.
import {
  add,
  clone,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { type Cell, gruCell, gruResetBeforeCell, lstmCell, rhnCell } from '@secateur/kernels';
import type { CellInputs } from './cell-kernel.ts';
import type { CellAttributes } from './cell-values.ts';
import {
  composedCell,
  composedCellGrad,
  type ComposedGradients,
  type ComposedResult,
} from './composed-cell.ts';

/** Says in words of a cell what a kernel was given. */
interface Reading {
  readonly cell: Cell;
  readonly tensors: Omit<CellInputs<Tensor>, 'x'>;
  readonly attributes: CellAttributes;
}

/** Inputs of a kernel; on the way back the biases are not there. */
type Named<T extends string> = Readonly<Record<'kernel' | 'recurrent' | 'bias' | T, Tensor>>;

function readLstm(inputs: NamedTensorMap, attributes: NamedAttrMap): Reading {
  const { kernel, recurrent, bias, h0, c0 } = inputs as Named<'h0' | 'c0'>;
  const forgetBias = attributes['forgetBias'] as number;
  return {
    cell: lstmCell,
    tensors: { weights: { kernel, recurrent, bias }, states: { h: h0, c: c0 }, masks: {} },
    attributes: { order: attributes['gates'] as string, settings: { forgetBias } },
  };
}

function readGru(inputs: NamedTensorMap, attributes: NamedAttrMap): Reading {
  const { kernel, recurrent, bias, recurrentBias, h0 } = inputs as Named<'recurrentBias' | 'h0'>;
  return {
    cell: (attributes['resetAfter'] as boolean) ? gruCell : gruResetBeforeCell,
    tensors: {
      weights: { kernel, recurrent, bias, recurrentBias },
      states: { h: h0 },
      masks: {},
    },
    attributes: { order: attributes['gates'] as string },
  };
}

function readRhn(inputs: NamedTensorMap, attributes: NamedAttrMap): Reading {
  const { kernel, recurrent, bias, s0, mask } = inputs as Named<'s0' | 'mask'>;
  const transformBias = attributes['transformBias'] as number;
  return {
    cell: rhnCell,
    tensors: {
      weights: { kernel, recurrent, bias },
      states: { s: s0 },
      masks: { mask: mask },
    },
    attributes: { settings: { transformBias } },
  };
}

const forward = (inputs: NamedTensorMap, { cell, tensors, attributes }: Reading): ComposedResult =>
  composedCell(cell, { x: inputs['x']!, ...tensors }, attributes);

function backward(
  inputs: NamedTensorMap,
  { cell, tensors, attributes }: Reading,
  dstates: Readonly<Record<string, Tensor>> = {},
): ComposedGradients {
  // A cell whose output is its only state saves no others.
  const { x, y, dy, activations, states } = inputs as Record<string, Tensor3D>;
  const [batch, time] = x!.shape;
  const saved = states ?? zeros<Rank.R3>([time, batch, 0]);
  const done = { y: y!, activations: activations!, saved, dy: dy!, dstates };
  return composedCellGrad(cell, { x: x!, ...tensors }, done, attributes);
}

/** `LstmSequence` from ordinary operations. */
export function composedLstmSequence(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [y: Tensor3D, cLast: Tensor2D, activations: Tensor3D, states: Tensor3D] {
  const { y, states, activations, saved } = forward(inputs, readLstm(inputs, attributes));
  return [y, states['c']!, activations, saved];
}

/** `LstmSequenceGrad` from ordinary operations. */
export function composedLstmSequenceGrad(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [
  dx: Tensor3D,
  dkernel: Tensor2D,
  drecurrent: Tensor2D,
  dbias: Tensor1D,
  dh0: Tensor2D,
  dc0: Tensor2D,
] {
  const dstates = { c: inputs['dcLast'] as Tensor2D };
  const { x, weights, states } = backward(inputs, readLstm(inputs, attributes), dstates);
  const { kernel, recurrent, bias } = weights;
  return [
    x,
    kernel as Tensor2D,
    recurrent as Tensor2D,
    bias as Tensor1D,
    states['h']!,
    states['c']!,
  ];
}

/** `GruSequence` from ordinary operations. */
export function composedGruSequence(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [y: Tensor3D, activations: Tensor3D] {
  const { bias, recurrentBias } = inputs as Record<string, Tensor>;
  // Before the product the reset gate leaves both biases alone, so that they are one.
  const given: NamedTensorMap = (attributes['resetAfter'] as boolean)
    ? inputs
    : { ...inputs, bias: add(bias!, recurrentBias!) };
  const { y, activations } = forward(given, readGru(given, attributes));
  return [y, activations];
}

/** `GruSequenceGrad` from ordinary operations. */
export function composedGruSequenceGrad(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [
  dx: Tensor3D,
  dkernel: Tensor2D,
  drecurrent: Tensor2D,
  dbias: Tensor1D,
  drecurrentBias: Tensor1D,
  dh0: Tensor2D,
] {
  const { x, weights, states } = backward(inputs, readGru(inputs, attributes));
  const { kernel, recurrent, bias } = weights;
  // A tensor is one output's only.
  const recurrentBias = weights['recurrentBias'] ?? clone(bias!);
  return [
    x,
    kernel as Tensor2D,
    recurrent as Tensor2D,
    bias as Tensor1D,
    recurrentBias as Tensor1D,
    states['h']!,
  ];
}

/** `RhnSequence` from ordinary operations. */
export function composedRhnSequence(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [y: Tensor3D, activations: Tensor3D, states: Tensor3D] {
  const { y, activations, saved } = forward(inputs, readRhn(inputs, attributes));
  return [y, activations, saved];
}

/** `RhnSequenceGrad` from ordinary operations. */
export function composedRhnSequenceGrad(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap = {},
): [dx: Tensor3D, dkernel: Tensor2D, drecurrent: Tensor2D, dbias: Tensor1D, ds0: Tensor2D] {
  const { x, weights, states } = backward(inputs, readRhn(inputs, attributes));
  const { kernel, recurrent, bias } = weights;
  return [x, kernel as Tensor2D, recurrent as Tensor2D, bias as Tensor1D, states['s']!];
}
