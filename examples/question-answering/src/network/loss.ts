import { add, mean, tensor1d, type Scalar } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '@secateur/cells';
import type { SpanLogits } from './bidaf.ts';

/** Where the answers of a batch begin and end, in tokens of their contexts; the end is the last token's. */
export interface Spans {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** Cross-entropy of the first and of the last token together, averaged over the batch, in nats. */
export function spanLoss({ start, end }: SpanLogits, { starts, ends }: Spans): Scalar {
  const labels = (values: ArrayLike<number>) => tensor1d(Int32Array.from(values), 'int32');
  return mean(
    add(softmaxCrossEntropy(start, labels(starts)), softmaxCrossEntropy(end, labels(ends))),
  );
}
