import {
  add,
  concat,
  fill,
  mul,
  reshape,
  tidy,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import {
  addTo,
  columnBlocks,
  join,
  minus,
  product,
  rowBlocks,
  sigmoidOf,
  tanhOf,
  times,
} from './direct.ts';
import { inputProduct } from './input-product.ts';
import { unflattenTimeMajor } from './time-major.ts';

/**
 * `RhnSequence` from ordinary operations: one product for the inputs of all steps, then at each depth of each step
 * `[z_h, z_t] = (s * mask) R + b`, with the input's part at depth 0, `h = tanh(z_h)`, `t = sigmoid(z_t)`,
 * `s = (h - s) * t + s`.
 */
export function composedRhnSequence(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [y: Tensor3D, activations: Tensor3D, states: Tensor3D] {
  const { kernel, recurrent, mask } = inputs as Record<'kernel' | 'recurrent' | 'mask', Tensor2D>;
  const x = inputs['x'] as Tensor3D;
  const [batch, time] = x.shape;
  const units = recurrent.shape[0];
  // Without units there is nothing to compute, and some stock kernels fail on nothing.
  if (units === 0) {
    return [zeros([batch, time, 0]), zeros([time, batch, 0]), zeros([time, batch, 0])];
  }
  const depth = recurrent.shape[1] / (2 * units);
  const matrices = columnBlocks(recurrent, depth); // [H, 2H] each
  const biases = depthBiases(
    inputs['bias'] as Tensor1D,
    depth,
    attributes['transformBias'] as number,
  );

  let s = inputs['s0'] as Tensor2D;
  const outputs: Tensor2D[] = [];
  const activations: Tensor2D[] = [];
  const states: Tensor2D[] = [];
  for (const input of rowBlocks(inputProduct(x, kernel), time)) {
    // A tidy for each step returns its memory while it is still in the cache.
    const step = tidy(() => {
      const gates: Tensor2D[] = [];
      const after: Tensor2D[] = [];
      let state = s;
      matrices.forEach((matrix, level) => {
        const own = addTo(product(times(state, mask), matrix), biases[level]!);
        const [zh, zt] = columnBlocks(level === 0 ? addTo(own, input) : own, 2);
        const h = tanhOf(zh!);
        const t = sigmoidOf(zt!);
        state = addTo(times(minus(h, state), t), state);
        gates.push(h, t);
        after.push(state);
      });
      return [state, join(gates, 1), join(after, 1)] as const;
    });
    s = step[0];
    outputs.push(s);
    activations.push(step[1]);
    states.push(step[2]);
  }
  return [
    unflattenTimeMajor(join(outputs, 0), batch, time),
    reshape(join(activations, 0), [time, batch, 2 * depth * units]),
    reshape(join(states, 0), [time, batch, depth * units]),
  ];
}

/** The biases of each depth, `[1, 2H]`, with `transformBias` added to those of the transform gates. */
function depthBiases(bias: Tensor1D, depth: number, transformBias: number): Tensor2D[] {
  const width = bias.size / depth;
  const rows = columnBlocks(reshape<Rank.R2>(bias, [1, bias.size]), depth);
  if (transformBias === 0) return rows;
  const shift: Tensor = concat([zeros([1, width / 2]), fill([1, width / 2], transformBias)], 1);
  return rows.map((row) => add<Tensor2D>(row, shift));
}

/** The state that every product read, with the mask on it: `states` `[rows, H]` of all steps, step by step. */
export function masked(states: Tensor2D, mask: Tensor2D): Tensor2D {
  const [batch, units] = mask.shape;
  const steps = reshape(states, [states.shape[0] / batch, batch, units]);
  return reshape(mul(steps, mask), states.shape);
}
