import type { GroupSet, Slice, Weights } from '@secateur/groups';
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
  for (const set of sets) {
    const squares = new Float64Array(set.count);
    for (const slice of set.slices) addSquares(squares, slice, weights, set.name);
    norms[set.name] = squares.map(Math.sqrt);
  }
  return norms;
}

function addSquares(squares: Float64Array, slice: Slice, weights: Weights, set: string): void {
  const weight = Object.hasOwn(weights, slice.weight) ? weights[slice.weight] : undefined;
  const size = weight?.shape[slice.axis];
  if (weight === undefined || size === undefined || slice.start + squares.length > size) {
    throw weightsError(
      `componentNorms: expected weight "${slice.weight}" with at least ${slice.start + squares.length} entries along axis ${slice.axis} (group set "${set}"), found ${weight ? `shape [${weight.shape.join(', ')}]` : 'no such weight'}; build the groups from the layout of these weights.`,
    );
  }
  const { data, shape } = weight;
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
