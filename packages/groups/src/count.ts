import { requireLayout } from './check-layout.ts';
import type { Layout, Segment, WeightLayout } from './types.ts';

/** What a network can be counted in. */
export type CostKind = 'macs' | 'parameters';

/**
 * The number of entries of all weights together, biases and embeddings included, as the paper's tables count.
 *
 * @example
 * ```ts
 * import { countParameters, parseLayout } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  embed = 4  h1 = 3
 *   lstm1/kernel     embed -> 4*h1
 *   lstm1/recurrent  h1 -> 4*h1
 *   lstm1/bias       -> 4*h1
 * `);
 * countParameters(layout); // => 96
 * ```
 */
export function countParameters(layout: Layout): number {
  requireLayout(layout, 'countParameters');
  return total(layout, weightParameters);
}

/**
 * Multiply-adds of the matrix products for one token. Weights marked `[lookup]` and weights that read nothing cost
 * none, and a tied weight (`<->`) counts once: it is fetched on one side and multiplied on the other.
 *
 * @example
 * ```ts
 * import { countMacs, parseLayout } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  vocab = 9  embed = 4
 *   embedding       vocab -> embed  [lookup]
 *   softmax/kernel  embed -> vocab
 *   softmax/bias    -> vocab
 * `);
 * countMacs(layout); // => 36
 * ```
 */
export function countMacs(layout: Layout): number {
  requireLayout(layout, 'countMacs');
  return total(layout, weightMacs);
}

/**
 * Returns what {@link countMacs} or {@link countParameters} would be with other sizes of some dimensions. It is quick: a
 * search over sizes may call it thousands of times.
 *
 * @example
 * ```ts
 * import { costFunction, parseLayout } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  h1 = 10  vocab = 7
 *   recurrent  h1 -> h1
 *   softmax    h1 -> vocab
 * `);
 * const cost = costFunction(layout, 'macs');
 * [10, 5, 2].map((h1) => cost({ h1 })); // => [170, 60, 18]
 * ```
 */
export function costFunction(
  layout: Layout,
  kind: CostKind,
): (sizes: Readonly<Record<string, number>>) => number {
  requireLayout(layout, 'costFunction');
  const counted = Object.values(layout.weights).filter(
    (weight) => kind === 'parameters' || multiplies(weight),
  );
  return (sizes) => {
    const sizeOf = ({ dim, size }: Segment): number =>
      dim !== undefined && Object.hasOwn(sizes, dim) ? sizes[dim]! : size;
    return counted.reduce(
      (sum, { axes }) =>
        sum +
        axes.reduce(
          (product, { segments }) =>
            product * segments.reduce((length, segment) => length + sizeOf(segment), 0),
          1,
        ),
      0,
    );
  };
}

/** Number of entries of one weight. */
export function weightParameters(weight: WeightLayout): number {
  return weight.axes.reduce((product, axis) => product * axis.size, 1);
}

/** Multiply-adds of one weight for one token. */
export function weightMacs(weight: WeightLayout): number {
  return multiplies(weight) ? weightParameters(weight) : 0;
}

/** Whether a weight is in a product: one that reads nothing, or writes nothing, is in none. */
function multiplies({ axes, lookup }: WeightLayout): boolean {
  const reads = axes.some(({ role }) => role !== 'writes');
  const writes = axes.some(({ role }) => role !== 'reads');
  return !lookup && reads && writes;
}

function total(layout: Layout, count: (weight: WeightLayout) => number): number {
  return Object.values(layout.weights).reduce((sum, weight) => sum + count(weight), 0);
}
