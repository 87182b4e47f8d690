import {
  add,
  cast,
  less,
  maximum,
  minimum,
  mul,
  reshape,
  scalar,
  sub,
  type Rank,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { embedding } from '@secateur/cells';

/**
 * The vector of each word, `[batch, time, width]`: of `trained` `[words, width]`, or of `fixed` for ids from `words` on. Each
 * table is read where it stands, since joining them would copy all of GloVe for every question.
 */
export function wordVectors(ids: Tensor2D, trained: Tensor2D, fixed?: Tensor2D): Tensor3D {
  if (fixed === undefined) return embedding(ids, trained);
  const [batch, time] = ids.shape;
  const words = scalar(trained.shape[0], 'int32');
  // Every id is looked up in both; what lies outside of a table takes its nearest row and is left out.
  const ofTrained = embedding(minimum(ids, sub(words, scalar(1, 'int32'))), trained);
  const given = embedding(maximum(sub(ids, words), scalar(0, 'int32')), fixed);
  const isOwn = reshape<Rank.R3>(cast(less(ids, words), 'float32'), [batch, time, 1]);
  return add(mul(ofTrained, isOwn), mul(given, sub(1, isOwn)));
}
