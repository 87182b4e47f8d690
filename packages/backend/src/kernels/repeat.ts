import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { StockKernel } from '../stock-kernel.ts';

/**
 * Whether a tensor of shape `own`, broadcast to the shape `whole`, has its entries in order again and again.
 *
 * @example
 * ```ts
 * import { repeatsAsWhole } from '@secateur/backend/kernels';
 *
 * repeatsAsWhole([3], [2, 3]); // => true
 * repeatsAsWhole([2, 1], [2, 3]); // => false
 * ```
 */
export function repeatsAsWhole(shape: readonly number[], whole: readonly number[]): boolean {
  const first = shape.findIndex((size) => size !== 1);
  if (first < 0) return true;
  const end = shape.slice(first);
  return end.every((size, k) => size === whole.at(k - end.length));
}

/**
 * Repeats a tensor by the kernel `tile` as broadcasting to the shape `whole` says.
 *
 * @example
 * ```ts
 * import { backend, tensor2d, Tile } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { callable, repeated, stockConfig } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const x = tensor2d([[1], [2]]);
 * const whole = repeated(backend(), callable(stockConfig(Tile, 'cpu')), x, [2, 3]);
 * backend().readSync(whole.dataId); // => [1, 1, 1, 2, 2, 2]
 * backend().disposeData(whole.dataId);
 * x.dispose();
 * ```
 */
export function repeated(
  backend: object,
  tile: StockKernel,
  x: TensorInfo,
  whole: readonly number[],
): TensorInfo {
  const shape = [...new Array<number>(whole.length - x.shape.length).fill(1), ...x.shape];
  const reps = whole.map((size, axis) => (shape[axis] === size ? 1 : size));
  return tile(backend, { x: { ...x, shape } }, { reps });
}

/**
 * Runs `work` with inputs of which those that do not repeat as a whole over their shape in `wholes` are repeated first;
 * what was repeated is given back afterwards.
 */
export function withRepeated<T>(
  backend: object,
  tile: StockKernel,
  inputs: Readonly<Record<string, TensorInfo>>,
  wholes: Readonly<Record<string, readonly number[]>>,
  work: (inputs: Record<string, TensorInfo>) => T,
): T {
  const tiles = Object.entries(wholes).flatMap(([name, whole]) => {
    const x = inputs[name];
    if (x === undefined || repeatsAsWhole(x.shape, whole)) return [];
    return [[name, repeated(backend, tile, x, whole)] as const];
  });
  const out = work({ ...inputs, ...Object.fromEntries(tiles) });
  for (const [, { dataId }] of tiles) {
    (backend as { disposeData(dataId: object): unknown }).disposeData(dataId);
  }
  return out;
}
