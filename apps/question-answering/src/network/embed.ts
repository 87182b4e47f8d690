import {
  add,
  concat,
  customGrad,
  max,
  mul,
  relu,
  reshape,
  sigmoid,
  slice,
  split,
  step,
  sub,
  type GradSaveFunc,
  type Rank,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { embedding, type NamedTensors } from '@secateur/cells';
import { drop, type Dropping } from './drop.ts';
import type { Tokens } from './tokens.ts';
import { matrix } from './weights.ts';
import { wordVectors } from './word-vectors.ts';
import { layers } from './layers.ts';

/**
 * What each token is read as: its word's vector beside the features of its characters, through the highway layers,
 * `[batch, time, word width + character features]`.
 */
export function embedTokens(
  weights: NamedTensors,
  tokens: Tokens,
  dropping?: Dropping,
  fixed?: Tensor2D,
): Tensor3D {
  const words = wordVectors(tokens.words, matrix(weights, 'words'), fixed);
  const spelt = characterFeatures(weights, tokens.spellings, dropping);
  let x = concat([words, embedding(tokens.spelling, spelt)], 2);
  for (const layer of [layers.highway1, layers.highway2])
    x = highway(x, layer.apply(weights, x).outputs) as Tensor3D;
  return x;
}

/**
 * A convolution over the characters of each spelling and its maximum over all places (Kim 2014), `[spellings, filters]`. It
 * is a product over windows of character vectors: `charCnn/kernel` is `[window * character width, filters]`.
 */
function characterFeatures(
  weights: NamedTensors,
  spellings: Tensor2D,
  dropping?: Dropping,
): Tensor2D {
  const kernel = matrix(weights, 'charCnn/kernel');
  const embedded = layers.chars.apply(weights, spellings).outputs as Tensor3D;
  const characters = drop(embedded, 'chars', dropping, 'charDropout');
  const [count, length, width] = characters.shape;
  const window = kernel.shape[0] / width;
  const positions = length - window + 1;
  const shifted = Array.from({ length: window }, (_, k) =>
    slice(characters, [0, k, 0], [count, positions, width]),
  );
  const product = layers.charCnn.apply(weights, concat(shifted, 2)).outputs;
  return maxOverPlaces(relu(product) as Tensor3D);
}

/**
 * The largest of all places, `[count, features]` of `[count, places, features]`, with the gradient to where it is found. The
 * stock gradient compares by `equal`, which takes a sixth of a training step on WASM, since it broadcasts there.
 */
const maxOverPlaces = customGrad((...given: (Tensor | GradSaveFunc)[]) => {
  const [x, save] = given as [Tensor, GradSaveFunc];
  const most = max(x, 1, true);
  save([x, most]);
  const [count, , features] = x.shape as [number, number, number];
  return {
    value: reshape(most, [count, features]),
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const [all, largest] = saved as [Tensor, Tensor];
      // step is 1 above 0 and else 0, so that this is 1 where nothing is missing to the largest.
      const here = sub(1, step(sub(largest, all)));
      return mul(here, reshape(dy, [count, 1, features]));
    },
  };
}) as (x: Tensor3D) => Tensor2D;

/** `t * h + (1 - t) * x` with `h = relu` and `t = sigmoid` of the two halves of `x K + b` (Srivastava et al. 2015). */
function highway(x: Tensor3D, product: Tensor): Tensor {
  const [batch, time, width] = x.shape;
  const [h, t] = split(product, 2, 2) as [Tensor, Tensor];
  const mixed = add(mul(sigmoid(t), sub(relu(h), x)), x);
  return reshape<Rank.R3>(mixed, [batch, time, width]);
}
