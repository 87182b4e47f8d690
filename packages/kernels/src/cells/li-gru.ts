import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { add, gate, mul, relu, sigmoid, sub } from '../cell/expression.ts';

/**
 * The light gated recurrent unit (Ravanelli et al. 2018, equations 4 to 6), without its batch normalization: update gate `z`,
 * candidate `n` with a relu, no reset gate.
 *
 * @example
 * ```ts
 * import { cellReference, liGruCell } from '@secateur/kernels';
 *
 * // The update gate is 0.5 and the candidate the input: a step goes half of the way to it.
 * const weights = { kernel: [0, 1], recurrent: [0, 0] };
 * const sizes = { batch: 1, time: 2, input: 1, units: 1 };
 * cellReference(liGruCell, { ...sizes, x: [8, 8], weights }).y; // => [4, 6]
 * ```
 */
export const liGruCell: Cell = defineCell({
  name: 'li-gru',
  states: ['h'],
  blocks: 'zn',
  equations: ({ h }) => {
    const z = sigmoid(gate('z', h));
    const n = relu(gate('n', h));
    return { h: add(mul(z, h), mul(sub(1, z), n)) };
  },
});
