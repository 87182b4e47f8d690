import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { add, gate, input, mul, recurrent, sigmoid, sub, tanh } from '../cell/expression.ts';
import type { Expression } from '../cell/expression.ts';

const common = {
  states: ['h'],
  blocks: 'zrn',
  orders: { keras: 'zrn', torch: 'rzn', onnx: 'zrn' },
} as const;

/**
 * Gated recurrent unit whose reset gate weighs the recurrent product of the candidate, as in Keras 2, PyTorch and cuDNN:
 * update gate `z`, reset gate `r`, candidate `n`.
 */
export const gruCell: Cell = defineCell({
  ...common,
  name: 'gru',
  bias: 'both',
  equations: ({ h }) => {
    const z = sigmoid(gate('z', h));
    const r = sigmoid(gate('r', h));
    const n = tanh(add(input('n'), mul(r, recurrent('n', h))));
    return { h: between(n, z, h) };
  },
});

/** Gated recurrent unit whose reset gate weighs the state that the candidate's product reads (Cho et al. 2014). */
export const gruResetBeforeCell: Cell = defineCell({
  ...common,
  name: 'gru, reset before the product',
  equations: ({ h }) => {
    const z = sigmoid(gate('z', h));
    const r = sigmoid(gate('r', h));
    const n = tanh(gate('n', mul(r, h)));
    return { h: between(n, z, h) };
  },
});

/** `z * h + (1 - z) * n`, with one product less. */
function between(n: Expression, z: Expression, h: Expression): Expression {
  return add(n, mul(z, sub(h, n)));
}
