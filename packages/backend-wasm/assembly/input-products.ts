// The inputs of a sequence go into one product over the rows of all steps, and so do their gradients.
import { gemm } from './gemm';
import { toBatchMajor, toTimeMajor } from './time-major';

/**
 * `x [batch, time, input]` times `kernel [input, width]`, into rows `[time * batch, width]` that lie `ldOut` floats apart.
 * `steps` is scratch space for the values of `x`.
 */
export function inputProducts(
  x: usize,
  kernel: usize,
  batch: i32,
  time: i32,
  input: i32,
  width: i32,
  steps: usize,
  out: usize,
  ldOut: i32,
): void {
  toTimeMajor(x, batch, time, input, steps);
  // prettier-ignore
  gemm(time * batch, width, input, steps, input, false, kernel, width, false, out, ldOut, false);
}

/**
 * The gradients of `x` and `kernel` of {@link inputProducts}, from `dz [time * batch, width]`, that of its products.
 * `steps` is scratch space for the values of `x`.
 */
export function inputGradients(
  x: usize,
  kernel: usize,
  dz: usize,
  batch: i32,
  time: i32,
  input: i32,
  width: i32,
  steps: usize,
  dx: usize,
  dkernel: usize,
): void {
  const rows = batch * time;
  toTimeMajor(x, batch, time, input, steps);
  gemm(input, width, rows, steps, input, true, dz, width, false, dkernel, width, false);
  gemm(rows, input, width, dz, width, false, kernel, width, true, steps, input, false);
  toBatchMajor(steps, batch, time, input, dx);
}
