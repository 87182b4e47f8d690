import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { add, gate, mul, sigmoid, tanh } from '../cell/expression.ts';

/**
 * Long short-term memory with a forget gate (Hochreiter and Schmidhuber 1997, Gers et al. 2000): input gate `i`, forget gate
 * `f`, candidate `g`, output gate `o`. `forgetBias` is added to the forget gate, on top of its bias.
 *
 * @example
 * ```ts
 * import { cellReference, lstmCell } from '@secateur/kernels';
 *
 * lstmCell.orders['onnx']; // => iofg
 * // Without weights every gate is 0.5 and the candidate 0: half of the cell state stays.
 * const weights = { kernel: [0, 0, 0, 0], recurrent: [0, 0, 0, 0] };
 * const sizes = { batch: 1, time: 1, input: 1, units: 1 };
 * cellReference(lstmCell, { ...sizes, x: [1], weights, states: { c: [4] } }).states['c']; // => [2]
 * ```
 */
export const lstmCell: Cell = defineCell({
  name: 'lstm',
  states: ['h', 'c'],
  blocks: 'ifgo',
  settings: { forgetBias: 0 },
  orders: { keras: 'ifgo', torch: 'ifgo', onnx: 'iofg', tensorflow1: 'igfo' },
  equations: ({ h, c, forgetBias }) => {
    const i = sigmoid(gate('i', h));
    const f = sigmoid(gate('f', h, forgetBias));
    const g = tanh(gate('g', h));
    const o = sigmoid(gate('o', h));
    const next = add(mul(f, c), mul(i, g));
    return { h: mul(o, tanh(next)), c: next };
  },
});
