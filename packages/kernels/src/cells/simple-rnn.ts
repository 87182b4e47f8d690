import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { gate, relu, tanh } from '../cell/expression.ts';

/**
 * The simple recurrent network (Elman 1990), Keras's `SimpleRNN` and PyTorch's `nn.RNN`: `h = tanh(x K + h R + b)`.
 *
 * @example
 * ```ts
 * import { cellReference, simpleRnnCell } from '@secateur/kernels';
 *
 * const weights = { kernel: [1000], recurrent: [0], bias: [0] };
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * cellReference(simpleRnnCell, { ...sizes, x: [1, -1, 0], weights }).y; // => [1, -1, 0]
 * ```
 */
export const simpleRnnCell: Cell = defineCell({
  name: 'simple rnn',
  states: ['h'],
  blocks: 'h',
  equations: ({ h }) => ({ h: tanh(gate('h', h)) }),
});

/**
 * {@link simpleRnnCell} with `relu` for `tanh` (Le et al. 2015).
 *
 * @example
 * ```ts
 * import { cellReference, simpleRnnReluCell } from '@secateur/kernels';
 *
 * const weights = { kernel: [1], recurrent: [0.5], bias: [0] };
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * cellReference(simpleRnnReluCell, { ...sizes, x: [1, 2, -3], weights }).y; // => [1, 2.5, 0]
 * ```
 */
export const simpleRnnReluCell: Cell = defineCell({
  name: 'simple rnn, relu',
  states: ['h'],
  blocks: 'h',
  equations: ({ h }) => ({ h: relu(gate('h', h)) }),
});
