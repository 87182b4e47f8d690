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
 *
 * @example
 * ```ts
 * import { cellReference, gruCell } from '@secateur/kernels';
 *
 * gruCell.orders['torch']; // => rzn
 * // Without weights the update gate is 0.5 and the candidate 0: half of the state stays at each step.
 * const weights = { kernel: [0, 0, 0], recurrent: [0, 0, 0] };
 * const sizes = { batch: 1, time: 2, input: 1, units: 1 };
 * cellReference(gruCell, { ...sizes, x: [1, 1], weights, states: { h: [4] } }).y; // => [2, 1]
 * ```
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

/**
 * Gated recurrent unit whose reset gate weighs the state that the candidate's product reads (Cho et al. 2014).
 *
 * @example
 * ```ts
 * import { gruCell, gruResetBeforeCell } from '@secateur/kernels';
 *
 * // The product of its candidate has to wait for the reset gate, so that a step has two products.
 * gruResetBeforeCell.stages.map(({ blocks }) => blocks); // => ['zr', 'n']
 * gruCell.stages.map(({ blocks }) => blocks); // => ['zrn']
 * ```
 */
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
