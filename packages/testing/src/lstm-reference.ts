import { cellGradientReference, type CellInputs, cellReference, lstmCell } from '@secateur/kernels';
import type { Sequences } from './sequences.ts';

/** What {@link lstmReference} reads; all arrays row-major. */
export interface LstmReferenceInputs extends Sequences {
  /** `[input, 4 * units]` */
  readonly kernel: ArrayLike<number>;
  /** `[units, 4 * units]` */
  readonly recurrent: ArrayLike<number>;
  /** `[4 * units]` */
  readonly bias: ArrayLike<number>;
  /** `[batch, units]`, default zeros. */
  readonly h0?: ArrayLike<number>;
  /** `[batch, units]`, default zeros. */
  readonly c0?: ArrayLike<number>;
  /** Order of the four blocks of columns: a permutation of `ifgo` (the default). */
  readonly gates?: string;
  /** Added to the forget gate before its sigmoid, default 0. */
  readonly forgetBias?: number;
}

/** What {@link lstmReference} computes, in float64. */
export interface LstmReference {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly y: Float64Array;
  /** Last output, `[batch, units]`. */
  readonly h: Float64Array;
  /** Last cell state, `[batch, units]`. */
  readonly c: Float64Array;
}

/** Gradients of every input of an LSTM, in float64, each of its value's shape. */
export type LstmGradients = Record<
  'x' | 'kernel' | 'recurrent' | 'bias' | 'h0' | 'c0',
  Float64Array
>;

/** What the loss makes of an LSTM's outputs: its gradient in each of them, zeros when left out. */
export type LstmUpstream = Partial<Record<'y' | 'h' | 'c', ArrayLike<number>>>;

/** Computes an LSTM over whole sequences in float64. */
export function lstmReference(inputs: LstmReferenceInputs): LstmReference {
  const { y, states } = cellReference(lstmCell, inputsOf(inputs));
  return { y, h: states['h']!, c: states['c']! };
}

/** Back-propagates through an LSTM over whole sequences in float64. */
export function lstmGradientReference(
  inputs: LstmReferenceInputs,
  { y, h, c }: LstmUpstream,
): LstmGradients {
  const upstream = { y, states: { h, c } };
  const { x, weights, states } = cellGradientReference(lstmCell, inputsOf(inputs), upstream);
  const { kernel, recurrent, bias } = weights as LstmGradients;
  return { x, kernel, recurrent, bias, h0: states['h']!, c0: states['c']! };
}

function inputsOf(inputs: LstmReferenceInputs): CellInputs {
  const { kernel, recurrent, bias, h0, c0, gates, forgetBias = 0, ...sequences } = inputs;
  return {
    ...sequences,
    weights: { kernel, recurrent, bias },
    states: { h: h0, c: c0 },
    settings: { forgetBias },
    order: gates,
  };
}
