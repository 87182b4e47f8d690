import {
  sliceOutside,
  type GroupSet,
  type NamedArray,
  type Slice,
  type Weights,
} from '@secateur/groups';
import { checkArray } from './check-weights.ts';
import { weightsError } from './pruner-error.ts';
import { stridesOf } from './slice-array.ts';

/**
 * Computes the norm of each component of each group set: `sqrt(sum of multiplier * w^2)` over its slices, as the
 * penalty counts them (paper, section 3.2; without the epsilon, so that a dead component has norm exactly 0).
 *
 * An entry that two slices share, such as an LSTM's own recurrent diagonal, counts twice.
 *
 * @example
 * ```ts
 * import { issGroups, parseLayout } from '@secateur/groups';
 * import { componentNorms } from '@secateur/pruner';
 *
 * const layout = parseLayout('dims h = 2 \n up  1 -> h \n down  h -> 1');
 * const weights = {
 *   up: { shape: [1, 2], data: Float32Array.of(3, 0) },
 *   down: { shape: [2, 1], data: Float32Array.of(4, 0) },
 * };
 * componentNorms(weights, issGroups(layout, { dims: ['h'] })); // => { h: [5, 0] }
 * ```
 */
export function componentNorms(
  weights: Weights,
  sets: readonly GroupSet[],
): Record<string, Float64Array> {
  const norms: Record<string, Float64Array> = {};
  const shapes: Record<string, readonly number[]> = {};
  for (const [name, weight] of Object.entries(weights)) {
    checkArray('componentNorms', name, weight);
    shapes[name] = weight.shape;
  }
  for (const set of sets) {
    const outside = sliceOutside(set, shapes);
    if (outside !== undefined) {
      const { weight, axis, start } = outside;
      const shape = Object.hasOwn(shapes, weight) ? shapes[weight] : undefined;
      throw weightsError(
        `componentNorms: expected weight "${weight}" with entries ${start} to ${start + set.count - 1} along axis ${axis} (group set "${set.name}"), found ${shape ? `shape [${shape.join(', ')}]` : 'no such weight'}; build the groups from the layout of these weights.`,
      );
    }
    const squares = new Float64Array(set.count);
    for (const slice of set.slices) addSquares(squares, slice, weights[slice.weight]!);
    norms[set.name] = squares.map(Math.sqrt);
  }
  return norms;
}

function addSquares(squares: Float64Array, slice: Slice, { data, shape }: NamedArray): void {
  const size = shape[slice.axis]!;
  const inner = stridesOf(shape)[slice.axis]!;
  const outer = data.length / (inner * size);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < squares.length; k++) {
      const from = (o * size + slice.start + k) * inner;
      let sum = 0;
      for (let i = from; i < from + inner; i++) sum += data[i]! * data[i]!;
      squares[k]! += slice.multiplier * sum;
    }
  }
}
