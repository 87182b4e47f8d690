import { checkShapes, type Layout, type NamedArray, type Weights } from '@secateur/groups';
import { namesText } from '@secateur/input';
import { weightsError } from './pruner-error.ts';

/** Checks that weights and layout name the same tensors with the same shapes, and that each array is full. */
export function checkWeights(caller: string, weights: Weights, layout: Layout): void {
  const shapes: Record<string, readonly number[]> = {};
  for (const [name, weight] of Object.entries(weights)) {
    checkArray(caller, name, weight);
    shapes[name] = weight.shape;
  }
  try {
    checkShapes(layout, shapes);
  } catch (cause) {
    throw weightsError(`${caller}: the layout does not fit the weights: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Most places along an axis of a weight without values: a few bytes can name a shape that takes hours to walk along. */
const LONGEST_EMPTY = 10_000_000;

/** Checks that a weight is an array of float32 with the values that its shape needs. */
export function checkArray(caller: string, name: string, weight: NamedArray): void {
  if (!Array.isArray(weight?.shape) || !(weight.data instanceof Float32Array)) {
    throw weightsError(
      `${caller}: expected weight "${name}" as { shape, data: Float32Array }, found ${describeValue(weight)}; convert it first.`,
    );
  }
  const size = weight.shape.reduce((product, length) => product * length, 1);
  if (weight.data.length !== size) {
    throw weightsError(
      `${caller}: expected ${size} values in weight "${name}" of shape [${weight.shape.join(', ')}], found ${weight.data.length}; check how it was read.`,
    );
  }
  if (size === 0 && weight.shape.some((length) => length > LONGEST_EMPTY)) {
    throw weightsError(
      `${caller}: expected at most ${LONGEST_EMPTY} places along an axis of weight "${name}", which has no values, found shape [${weight.shape.join(', ')}]; check how it was read.`,
    );
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describeValue(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  return `an object with keys ${namesText(Object.keys(value))}`;
}
