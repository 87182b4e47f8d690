import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { add, gate, mul, sigmoid, sub, tanh } from '../cell/expression.ts';

/**
 * Recurrent Highway Network whose carry gate is `1 - t` (Zilly et al. 2017, equations 6 to 9): candidate `h`, transform gate
 * `t`, both with a bias at each depth. The products read the state times `mask`; `transformBias` is added to the transform
 * gates, on top of their biases.
 *
 * @example
 * ```ts
 * import { cellReference, rhnCell, weightShapes } from '@secateur/kernels';
 *
 * const sizes = { input: 1, units: 1, depth: 2 };
 * weightShapes(rhnCell, sizes); // => { kernel: [1, 2], recurrent: [1, 4], bias: [4] }
 * // Without weights the transform gate is 0.5 and the candidate 0: each depth leaves half of the state.
 * const weights = { kernel: [0, 0], recurrent: [0, 0, 0, 0] };
 * cellReference(rhnCell, { ...sizes, batch: 1, time: 1, x: [1], weights, states: { s: [4] } }).y; // => [1]
 * ```
 */
export const rhnCell: Cell = defineCell({
  name: 'rhn',
  states: ['s'],
  blocks: 'ht',
  bias: 'recurrent',
  repeats: true,
  masks: ['mask'],
  settings: { transformBias: 0 },
  equations: ({ s, mask, transformBias }) => {
    const read = mul(s, mask);
    const h = tanh(gate('h', read));
    const t = sigmoid(gate('t', read, transformBias));
    return { s: add(mul(sub(h, s), t), s) };
  },
});
