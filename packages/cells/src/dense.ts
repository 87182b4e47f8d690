import {
  fused,
  matMul,
  reshape,
  Tensor,
  tidy,
  type Rank,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { describeTensor } from '@secateur/backend/kernels';
import { checkOptions } from '@secateur/input';
import { checkTensor } from './check.ts';
import { argumentError, tensorsError } from './error.ts';

/** How {@link dense} reads its kernel. */
export interface DenseOptions {
  /** Whether the kernel is stored `[output, input]`, as an embedding is that serves as softmax weights; default false. */
  readonly transposed?: boolean;
}

/**
 * Maps the last axis: `x [..., input]` times `kernel [input, output]`, plus `bias [output]` if given.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { dense } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const y = tidy(() => {
 *   const kernel = tensor2d([1, 0, 3, 1], [2, 2]);
 *   return dense(tensor2d([[1, 2]]), kernel, tensor1d([10, 20])).arraySync();
 * });
 * y; // => [[17, 22]]
 * ```
 */
export function dense(
  x: Tensor,
  kernel: Tensor2D,
  bias?: Tensor1D,
  options: DenseOptions = {},
): Tensor {
  checkOptions('dense', options, { transposed: true }, argumentError);
  const { transposed = false } = options;
  checkTensor('dense', 'kernel', kernel, 'float32', ['input', 'output']);
  const [inputs, outputs] = transposed ? [kernel.shape[1], kernel.shape[0]] : kernel.shape;
  if (!(x instanceof Tensor) || x.rank < 1 || x.dtype !== 'float32' || x.shape.at(-1) !== inputs) {
    throw tensorsError(
      `dense: expected x to be float32 [..., ${inputs}], found ${describeTensor(x)}; its last axis must match the kernel's ${transposed ? 'second' : 'first'}.`,
    );
  }
  if (bias !== undefined) checkTensor('dense', 'bias', bias, 'float32', [outputs]);
  const positions = x.shape.slice(0, -1);
  return tidy(() => {
    // The number of rows is said, not left open: an input of no features would not tell it.
    const rows = reshape<Rank.R2>(x, [positions.reduce((a, b) => a * b, 1), inputs]);
    // One kernel adds the bias while the product is at hand; over a vocabulary a pass of its own is long.
    const product =
      bias === undefined
        ? matMul(rows, kernel, false, transposed)
        : fused.matMul({ a: rows, b: kernel, bias, transposeB: transposed });
    return reshape(product, [...positions, outputs]);
  });
}
