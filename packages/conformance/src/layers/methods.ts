import {
  div,
  mean,
  reshape,
  sign,
  square,
  stridedSlice,
  sub,
  sum,
  Tensor,
} from '@tensorflow/tfjs-core';

/** Methods of tensors that parts of `tf.layers` use and that only the package `@tensorflow/tfjs` adds. */
const methods: Readonly<Record<string, (this: Tensor, ...rest: never[]) => Tensor>> = {
  div(other) {
    return div(this, other);
  },
  flatten() {
    return reshape(this, [-1]);
  },
  mean() {
    return mean(this);
  },
  reshape(shape) {
    return reshape(this, shape);
  },
  sign() {
    return sign(this);
  },
  square() {
    return square(this);
  },
  stridedSlice(begin, end, strides) {
    return stridedSlice(this, begin, end, strides);
  },
  sub(other) {
    return sub(this, other);
  },
  sum() {
    return sum(this);
  },
};

/** Runs `work` while tensors have these methods. */
export function withMethods<T>(work: () => T): T {
  const prototype = Tensor.prototype as unknown as Record<string, unknown>;
  const missing = Object.keys(methods).filter((name) => !(name in prototype));
  for (const name of missing) prototype[name] = methods[name];
  try {
    return work();
  } finally {
    for (const name of missing) Reflect.deleteProperty(prototype, name);
  }
}
