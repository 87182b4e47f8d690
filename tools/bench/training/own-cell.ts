import * as tf from '@tensorflow/tfjs-core';
import { add, defineCell, gate, mul, sigmoid, sub, tanh, type Cell } from '@secateur/kernels';

/** A cell that no package knows, as a user writes one: two states, and a weight for each unit. */
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

/**
 * The outputs `[batch, time, units]` of {@link ownCell} as one writes them without it: operations of TensorFlow.js, step by step, which
 * finds the gradient by itself.
 */
export function ownCellByHand(
  [kernel, recurrent, bias, leak]: readonly tf.Tensor[],
  x: tf.Tensor3D,
): tf.Tensor {
  const [fastColumns, slowColumns, newColumns] = tf.split(recurrent!, 3, 1);
  let slow = tf.zeros([x.shape[0], leak!.size]);
  let fast = slow;
  const outputs = tf.unstack(x, 1).map((input) => {
    const [a, b, c] = tf.split(tf.add(tf.matMul(input, kernel!), bias!), 3, 1);
    const f = tf.sigmoid(tf.add(a!, tf.matMul(fast, fastColumns!)));
    const s = tf.sigmoid(tf.add(tf.add(b!, tf.matMul(slow, slowColumns!)), tf.mul(leak!, slow)));
    const n = tf.tanh(tf.add(c!, tf.matMul(tf.mul(f, fast), newColumns!)));
    fast = tf.add(tf.mul(tf.sub(1, f), slow), tf.mul(f, n));
    slow = tf.add(tf.mul(s, slow), tf.mul(tf.sub(1, s), fast));
    return fast;
  });
  return tf.stack(outputs, 1);
}
