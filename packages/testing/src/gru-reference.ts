import {
  type Cell,
  cellGradientReference,
  type CellInputs,
  cellReference,
  gruCell,
  gruResetBeforeCell,
} from '@secateur/kernels';
import type { Sequences } from './sequences.ts';

/** What {@link gruReference} reads; all arrays row-major. */
export interface GruReferenceInputs extends Sequences {
  /** `[input, 3 * units]` */
  readonly kernel: ArrayLike<number>;
  /** `[units, 3 * units]` */
  readonly recurrent: ArrayLike<number>;
  /** `[3 * units]` */
  readonly bias: ArrayLike<number>;
  /** `[3 * units]`, default zeros. */
  readonly recurrentBias?: ArrayLike<number>;
  /** `[batch, units]`, default zeros. */
  readonly h0?: ArrayLike<number>;
  /** Order of the three blocks of columns: a permutation of `zrn` (the default). */
  readonly gates?: string;
  /** Whether the reset gate weighs the candidate's recurrent product (the default) or the output that it reads. */
  readonly resetAfter?: boolean;
}

/** Gradients of every input of a GRU, in float64, each of its value's shape. */
export type GruGradients = Record<
  'x' | 'kernel' | 'recurrent' | 'bias' | 'recurrentBias' | 'h0',
  Float64Array
>;

/** Computes a GRU over whole sequences in float64; returns the outputs, `[batch, time, units]`. */
export function gruReference(inputs: GruReferenceInputs): Float64Array {
  return cellReference(cellOf(inputs), inputsOf(inputs)).y;
}

/** Back-propagates `dy` `[batch, time, units]` through a GRU in float64. */
export function gruGradientReference(
  inputs: GruReferenceInputs,
  dy: ArrayLike<number>,
): GruGradients {
  const actual = cellGradientReference(cellOf(inputs), inputsOf(inputs), { y: dy });
  const {
    kernel,
    recurrent,
    bias,
    recurrentBias = bias.slice(),
  } = actual.weights as unknown as Omit<GruGradients, 'recurrentBias'> & Partial<GruGradients>;
  return { x: actual.x, kernel, recurrent, bias, recurrentBias, h0: actual.states['h']! };
}

const cellOf = ({ resetAfter = true }: GruReferenceInputs): Cell =>
  resetAfter ? gruCell : gruResetBeforeCell;

function inputsOf(inputs: GruReferenceInputs): CellInputs {
  const { kernel, recurrent, recurrentBias, h0, gates, resetAfter = true, ...sequences } = inputs;
  // Before the product the reset gate leaves both biases alone, so that they are one.
  const bias = resetAfter
    ? inputs.bias
    : Float64Array.from(inputs.bias, (value, k) => value + (recurrentBias?.[k] ?? 0));
  return {
    ...sequences,
    weights: { kernel, recurrent, bias, ...(resetAfter ? { recurrentBias } : {}) },
    states: { h: h0 },
    order: gates,
  };
}
