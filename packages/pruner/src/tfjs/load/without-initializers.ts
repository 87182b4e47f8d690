import { dispose, zeros, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { modelError } from '../../pruner-error.ts';

/** What TensorFlow.js's layers make their weights with; it is protected there. */
type AddWeight = (
  this: unknown,
  name: string,
  shape: number[],
  dtype: DataType | null,
  initializer: unknown,
  ...more: unknown[]
) => unknown;

const prototype = layers.Layer.prototype as unknown as { addWeight: AddWeight };

/**
 * Builds layers whose weights are zeros and not what their initializers give, because weights follow anyway and the orthogonal
 * one takes many seconds. TensorFlow.js does so itself when it loads a model, but not in models inside models or in stacks of
 * cells. The layers keep their initializers. A weight of more than `numbers` numbers, as many as the file has for all of them,
 * is an error before memory is taken for it.
 *
 * @param build - builds before it returns, so that no other layer is built meanwhile
 */
export function withoutInitializers<T>(numbers: number, build: () => T): T {
  const { addWeight } = prototype;
  prototype.addWeight = function (name, shape, dtype, _initializer, ...more) {
    const wanted = shape.reduce((size, n) => size * n, 1);
    if (!(wanted <= numbers)) {
      throw modelError(
        `expected layers with weights of ${numbers} numbers at most, as many as the file has, found one of shape [${shape.join(', ')}]; the file is damaged.`,
      );
    }
    const placeholders: Tensor[] = [];
    const zero = {
      apply(shape: number[], dtype?: DataType): Tensor {
        placeholders.push(zeros(shape, dtype));
        return placeholders[0]!;
      },
    };
    try {
      return addWeight.call(this, name, shape, dtype, zero, ...more);
    } catch (error) {
      // A name that TensorFlow.js refuses is found when the numbers are there.
      dispose(placeholders);
      throw error;
    }
  };
  try {
    return build();
  } finally {
    prototype.addWeight = addWeight;
  }
}
