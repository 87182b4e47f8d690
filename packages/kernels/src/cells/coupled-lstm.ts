import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { add, gate, mul, sigmoid, sub, tanh } from '../cell/expression.ts';

/** An LSTM that forgets as much as it takes in: its forget gate is `1 - i` (Greff et al. 2017, "CIFG"). */
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
