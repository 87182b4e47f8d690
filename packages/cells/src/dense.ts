import {
  add,
  matMul,
  reshape,
  Tensor,
  tidy,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { checkTensor, describe } from './check.ts';
import { CellError } from './error.ts';

/** Maps the last axis: `x [..., input]` times `kernel [input, output]`, plus `bias [output]` if given. */
export function dense(x: Tensor, kernel: Tensor2D, bias?: Tensor1D): Tensor {
  checkTensor('dense', 'kernel', kernel, 'float32', [undefined, undefined]);
  const [inputs, outputs] = kernel.shape;
  if (!(x instanceof Tensor) || x.rank < 1 || x.dtype !== 'float32' || x.shape.at(-1) !== inputs) {
    throw new CellError(
      `dense: expected x to be float32 [..., ${inputs}], found ${describe(x)}; its last axis must match the kernel's first.`,
    );
  }
  if (bias !== undefined) checkTensor('dense', 'bias', bias, 'float32', [outputs]);
  return tidy(() => {
    const product = matMul(reshape(x, [-1, inputs]), kernel);
    const shifted = bias === undefined ? product : add(product, bias);
    return reshape(shifted, [...x.shape.slice(0, -1), outputs]);
  });
}
