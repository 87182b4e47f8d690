import { cellGradientReference, type CellInputs, cellReference, rhnCell } from '@secateur/kernels';
import type { Sequences } from './sequences.ts';

/** What {@link rhnReference} reads; all arrays row-major. */
export interface RhnReferenceInputs extends Sequences {
  /** `[input, 2 * units]` */
  readonly kernel: ArrayLike<number>;
  /** `[units, depth * 2 * units]` */
  readonly recurrent: ArrayLike<number>;
  /** `[depth * 2 * units]` */
  readonly bias: ArrayLike<number>;
  /** `[batch, units]`, default zeros. */
  readonly s0?: ArrayLike<number>;
  /** `[batch, units]`, default ones. */
  readonly mask?: ArrayLike<number>;
  /** Recurrence depth. */
  readonly depth: number;
  /** Added to the transform gates before their sigmoid, default 0. */
  readonly transformBias?: number;
}

/** Gradients of an RHN's inputs, in float64, each of its value's shape; the mask is a constant. */
export type RhnGradients = Record<'x' | 'kernel' | 'recurrent' | 'bias' | 's0', Float64Array>;

/** Computes an RHN over whole sequences in float64; returns the outputs, `[batch, time, units]`. */
export function rhnReference(inputs: RhnReferenceInputs): Float64Array {
  return cellReference(rhnCell, inputsOf(inputs)).y;
}

/** Back-propagates `dy` `[batch, time, units]` through an RHN in float64. */
export function rhnGradientReference(
  inputs: RhnReferenceInputs,
  dy: ArrayLike<number>,
): RhnGradients {
  const { x, weights, states } = cellGradientReference(rhnCell, inputsOf(inputs), { y: dy });
  const { kernel, recurrent, bias } = weights as RhnGradients;
  return { x, kernel, recurrent, bias, s0: states['s']! };
}

function inputsOf(inputs: RhnReferenceInputs): CellInputs {
  const { kernel, recurrent, bias, s0, mask, transformBias = 0, ...sequences } = inputs;
  return {
    ...sequences,
    weights: { kernel, recurrent, bias },
    states: { s: s0 },
    masks: { mask },
    settings: { transformBias },
  };
}
