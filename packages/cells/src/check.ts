import { Tensor } from '@tensorflow/tfjs-core';
import { CellError } from './error.ts';

/** Checks type, rank and, where given, the sizes of axes; the message shows what was found. */
export function checkTensor(
  caller: string,
  name: string,
  value: unknown,
  dtype: string,
  shape: readonly (number | undefined)[],
): void {
  if (
    value instanceof Tensor &&
    value.dtype === dtype &&
    value.rank === shape.length &&
    shape.every((size, axis) => size === undefined || size === value.shape[axis])
  ) {
    return;
  }
  const wanted = shape.map((size) => size ?? '?').join(', ');
  throw new CellError(
    `${caller}: expected ${name} to be ${dtype} [${wanted}], found ${describe(value)}; check the order of its axes and its dtype.`,
  );
}

/** Checks that logits are float32 `[..., classes]`, and returns their shape without the classes. */
export function positionsOf(caller: string, logits: unknown): number[] {
  if (!(logits instanceof Tensor) || logits.rank < 1 || logits.dtype !== 'float32') {
    throw new CellError(
      `${caller}: expected logits to be float32 [..., classes], found ${describe(logits)}; the last axis holds the classes.`,
    );
  }
  return logits.shape.slice(0, -1);
}

/** Names a value for an error message: a tensor by dtype and shape. */
export function describe(value: unknown): string {
  return value instanceof Tensor ? `${value.dtype} [${value.shape.join(', ')}]` : String(value);
}

/** Checks that a shape is a list of whole numbers; 0 is a layer of which nothing is left. */
export function checkShape(caller: string, shape: readonly number[]): void {
  const fits =
    Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (fits) return;
  throw new CellError(
    `${caller}: expected shape to be a list of whole numbers of at least 0, found ${JSON.stringify(shape)}; check the sizes in dims.`,
  );
}

/** Checks that a number is finite. */
export function checkFinite(caller: string, name: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new CellError(
    `${caller}: expected ${name} to be a finite number, found ${value}; pass a number.`,
  );
}
