import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { add, gate, mul, sigmoid, tanh } from '../cell/expression.ts';

/**
 * An LSTM whose gates look at the cell state (Gers and Schmidhuber 2000; Graves 2013, equations 7 to 11; TensorFlow 1's
 * `use_peepholes`): input and forget gate at the one before the step, the output gate at the one after it, with a weight
 * `[units]` each.
 *
 * @example
 * ```ts
 * import { cellReference, peepholeLstmCell } from '@secateur/kernels';
 *
 * // A large weight from the cell state opens the forget gate: all of the cell state stays.
 * const products = { kernel: [0, 0, 0, 0], recurrent: [0, 0, 0, 0] };
 * const peepholes = { inputPeephole: [0], forgetPeephole: [1000], outputPeephole: [0] };
 * const weights = { ...products, ...peepholes };
 * const sizes = { batch: 1, time: 1, input: 1, units: 1 };
 * cellReference(peepholeLstmCell, { ...sizes, x: [1], weights, states: { c: [4] } }).states['c']; // => [4]
 * ```
 */
export const peepholeLstmCell: Cell = defineCell({
  name: 'peephole lstm',
  states: ['h', 'c'],
  blocks: 'ifgo',
  parameters: ['inputPeephole', 'forgetPeephole', 'outputPeephole'],
  settings: { forgetBias: 0 },
  orders: { tensorflow1: 'igfo' },
  equations: ({ h, c, inputPeephole, forgetPeephole, outputPeephole, forgetBias }) => {
    const i = sigmoid(add(gate('i', h), mul(inputPeephole, c)));
    const f = sigmoid(add(gate('f', h, forgetBias), mul(forgetPeephole, c)));
    const g = tanh(gate('g', h));
    const next = add(mul(f, c), mul(i, g));
    const o = sigmoid(add(gate('o', h), mul(outputPeephole, next)));
    return { h: mul(o, tanh(next)), c: next };
  },
});
