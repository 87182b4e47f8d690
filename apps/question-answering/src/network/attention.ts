import {
  add,
  concat,
  expandDims,
  matMul,
  max,
  mul,
  ones,
  reshape,
  slice,
  softmax,
  sub,
  transpose,
  type Rank,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { dense } from '@secateur/cells';

/** What stands for minus infinity: large enough that its exponential is 0, small enough that sums of two stay finite. */
export const NEVER = -1e30;

/** Makes logits where `mask` is 0 so low that a softmax gives them nothing; both `[batch, time]`. */
export function masked<T extends Tensor>(logits: T, mask: Tensor): T {
  return add<T>(mul(logits, mask), mul(sub(1, mask), NEVER));
}

/**
 * Attention flow both ways (Seo et al. 2017, section 2): with `s[t, j] = k . [h_t; u_j; h_t * u_j]`, each word of the
 * context `h` `[batch, time, width]` gets what the question `u` `[batch, words, width]` says of it, `u_a`, and all get what
 * of the context the question asks for, `h_a`. Returns `[h, u_a, h * u_a, h * h_a]`, `[batch, time, 4 * width]`; `kernel` is
 * `[3 * width, 1]`, masks are `[batch, time, 1]` and `[batch, words, 1]`.
 */
export function attentionFlow(
  h: Tensor3D,
  u: Tensor3D,
  kernel: Tensor2D,
  masks: { readonly context: Tensor3D; readonly question: Tensor3D },
): Tensor3D {
  const [batch, time, width] = h.shape;
  const words = u.shape[1];
  const part = (k: number): Tensor2D => slice(kernel, [k * width, 0], [width, 1]);
  const ofContext = dense(h, part(0)); // [B, T, 1]
  const ofQuestion = transpose(dense(u, part(1)), [0, 2, 1]); // [B, 1, J]
  const ofBoth = matMul(mul(h, reshape(part(2), [1, 1, width])), u, false, true); // [B, T, J]
  const similarity = add(add(ofBoth, ofContext), ofQuestion);
  const heard = masked(similarity, reshape(masks.question, [batch, 1, words]));

  const ua = matMul(softmax(heard), u) as Tensor3D;
  const asked = masked(max<Tensor2D>(heard, 2), reshape(masks.context, [batch, time]));
  const ha = weightedMean(h, asked);
  return concat([h, ua, mul(h, ua), mul(h, ha)], 2) as Tensor3D;
}

/** The mean of `x` `[batch, time, width]` weighed by the softmax of `logits` `[batch, time]`, `[batch, 1, width]`. */
export function weightedMean(x: Tensor3D, logits: Tensor2D): Tensor3D {
  return matMul(expandDims(softmax(logits), 1), x) as Tensor3D;
}

/** The same `[batch, 1, width]` at every step, `[batch, time, width]`: a product with ones, as `tile` is slow on WASM. */
export function atEveryStep(x: Tensor3D, time: number): Tensor3D {
  return matMul(ones([x.shape[0], time, 1]), x) as Tensor3D;
}

/** Drops the last axis of `[batch, time, 1]`. */
export function asRows(x: Tensor): Tensor2D {
  return reshape<Rank.R2>(x, [x.shape[0]!, x.shape[1]!]);
}
