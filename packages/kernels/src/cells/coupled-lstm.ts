import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { add, gate, mul, sigmoid, sub, tanh } from '../cell/expression.ts';

/**
 * An LSTM that forgets as much as it takes in: its forget gate is `1 - i` (Greff et al. 2017, "CIFG").
 *
 * @example
 * ```ts
 * import { cellReference, coupledLstmCell, weightShapes } from '@secateur/kernels';
 *
 * weightShapes(coupledLstmCell, { input: 2, units: 3 }); // => { kernel: [2, 9], recurrent: [3, 9], bias: [9] }
 * // An open input gate takes in the candidate, 0 here, and forgets all of the cell state.
 * const weights = { kernel: [1000, 0, 0], recurrent: [0, 0, 0] };
 * const sizes = { batch: 1, time: 1, input: 1, units: 1 };
 * cellReference(coupledLstmCell, { ...sizes, x: [1], weights, states: { c: [4] } }).states['c']; // => [0]
 * ```
 */
export const coupledLstmCell: Cell = defineCell({
  name: 'coupled lstm',
  states: ['h', 'c'],
  blocks: 'igo',
  equations: ({ h, c }) => {
    const i = sigmoid(gate('i', h));
    const g = tanh(gate('g', h));
    const o = sigmoid(gate('o', h));
    const next = add(mul(sub(1, i), c), mul(i, g));
    return { h: mul(o, tanh(next)), c: next };
  },
});
