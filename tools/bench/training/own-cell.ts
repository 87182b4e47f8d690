import { add, defineCell, gate, mul, sigmoid, sub, tanh, type Cell } from '@secateur/kernels';

/** A cell that no package knows, as a user writes one: two states, and a weight for each unit. The one of `tools/consumer/own-cell.mjs`. */
export const ownCell: Cell = defineCell({
  name: 'fast and slow',
  states: ['fast', 'slow'],
  output: 'fast',
  blocks: 'fsn',
  parameters: ['leak'],
  equations: ({ fast, slow, leak }) => {
    const f = sigmoid(gate('f', fast!));
    const s = sigmoid(add(gate('s', slow!), mul(leak!, slow!)));
    const n = tanh(gate('n', mul(f, fast!)));
    const next = add(mul(sub(1, f), slow!), mul(f, n));
    return { fast: next, slow: add(mul(s, slow!), mul(sub(1, s), next)) };
  },
});
