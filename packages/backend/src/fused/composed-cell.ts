// A cell over sequences of tensors, composed of ordinary operations: it runs on every backend.
import {
  clone,
  reshape,
  type Rank,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { Cell } from '@secateur/kernels';
import { cellBackward } from './cell-backward.ts';
import { cellForward } from './cell-forward.ts';
import { mapCellInputs, type CellDone, type CellInputs } from './cell-kernel.ts';
import type { CellAttributes } from './cell-values.ts';
import { tensorOperations } from './tensor-operations.ts';
import { flattenTimeMajor, unflattenTimeMajor } from './time-major.ts';

/** What {@link composedCell} returns. */
export interface ComposedResult {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly y: Tensor3D;
  /** By name, the states after the last step, `[batch, units]`. */
  readonly states: Readonly<Record<string, Tensor2D>>;
  /** What `savedBy` of `@secateur/kernels` lists, for each repetition, `[time, batch, depth * activations * units]`. */
  readonly activations: Tensor3D;
  /** The states that it lists, `[time, batch, depth * states * units]`. */
  readonly saved: Tensor3D;
}

/** Gradients of all that a composed cell reads but its masks, in the shapes of what they are the gradients of. */
export interface ComposedGradients {
  /** Of its inputs, `[batch, time, input]`. */
  readonly x: Tensor3D;
  /** By name, of its weights. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** By name, of the states before the first step. */
  readonly states: Readonly<Record<string, Tensor2D>>;
}

/** A cell over whole sequences; see {@link cellForward}. */
export function composedCell(
  cell: Cell,
  inputs: CellInputs<Tensor>,
  attributes: CellAttributes,
): ComposedResult {
  const [batch, time] = inputs.x.shape as [number, number];
  const result = cellForward(tensorOperations, cell, matricesOf(inputs), attributes);
  const steps = (x: Tensor): Tensor3D => reshape(x, [time, batch, x.shape[1]!]);
  return {
    y: unflattenTimeMajor(result.y as Tensor2D, batch, time),
    states: cloned(result.states),
    activations: steps(result.activations),
    saved: steps(result.saved),
  };
}

/** The gradient of {@link composedCell}; see {@link cellBackward}. */
export function composedCellGrad(
  cell: Cell,
  inputs: CellInputs<Tensor>,
  { dstates, ...done }: CellDone<Tensor>,
  attributes: CellAttributes,
): ComposedGradients {
  const [batch, time] = inputs.x.shape as [number, number];
  const rows = (x: Tensor): Tensor => reshape<Rank.R2>(x, [time * batch, x.shape[2]!]);
  const matrices = {
    y: flattenTimeMajor(done.y as Tensor3D),
    dy: flattenTimeMajor(done.dy as Tensor3D),
    activations: rows(done.activations),
    saved: rows(done.saved),
    dstates,
  };
  const result = cellBackward(tensorOperations, cell, matricesOf(inputs), matrices, attributes);
  return {
    x: unflattenTimeMajor(result.x as Tensor2D, batch, time),
    weights: result.weights,
    states: cloned(result.states),
  };
}

/** Inputs with the steps in a row, and with vectors as rows. */
const matricesOf = (inputs: CellInputs<Tensor>): CellInputs<Tensor> =>
  mapCellInputs(
    inputs,
    (x) => flattenTimeMajor(x as Tensor3D),
    (value) => (value.rank === 1 ? reshape(value, [1, -1]) : value),
  );

/** States as tensors of their own: one may be what the cell was given, and a kernel must not return its inputs. */
function cloned(states: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor2D>> {
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => [name, clone(state as Tensor2D)]),
  );
}
