import { largestOf, type Goal, type Sizes } from './goal.ts';

/** A component that competes for a place in what is left of a network. */
export interface RankedComponent {
  /** Its dimension. */
  readonly dim: string;
  /** Its number in the dimension. */
  readonly index: number;
  /** Its norm, divided by its price. */
  readonly worth: number;
  /** What the network costs less without it, in the unit of the goal. */
  readonly price: number;
}

/**
 * The components of a goal's dimensions, those of least worth first: of least norm for what they cost in a network of these
 * sizes. Of equal ones that of the lower number comes first. Those of which `isLeft` is false are left out, by default those of norm 0.
 *
 * @example
 * ```ts
 * import { layoutFromJson, rankComponents, resolveGoals } from '@secateur/groups';
 *
 * const layout = layoutFromJson({ dims: { a: 2, b: 2 }, weights: { first: 'a -> 5', second: 'b -> 10' } });
 * const error = (expected: string): Error => new Error(`prune: expected ${expected}`);
 * const context = { layout, dims: ['a', 'b'], which: 'of the model', more: 'take more of them', error };
 * const [goal] = resolveGoals({ parameters: 20 }, context);
 * // A component of b costs twice as much as one of a.
 * const ranked = rankComponents(goal!, layout.dims, { a: [1, 5], b: [5, 1] });
 * ranked.map(({ dim, index, worth }) => [dim, index, worth]); // => [['b', 1, 0.1], ['a', 0, 0.2], ['b', 0, 0.5], ['a', 1, 1]]
 * ```
 */
export function rankComponents(
  goal: Goal,
  sizes: Sizes,
  norms: Readonly<Record<string, ArrayLike<number>>>,
  isLeft: (dim: string, index: number) => boolean = (dim, index) => norms[dim]![index] !== 0,
): RankedComponent[] {
  return goal.dims
    .flatMap((dim) => {
      const price = goal.price(sizes, dim);
      // What saves nothing goes last, whatever its norm.
      const worthOf = (norm: number): number => (price > 0 ? norm / price : Infinity);
      return Array.from(norms[dim]!, (norm, index) => ({
        dim,
        index,
        worth: worthOf(norm),
        price,
      })).filter(({ index }) => isLeft(dim, index));
    })
    .sort((a, b) => a.worth - b.worth || a.index - b.index);
}

/**
 * The first of the ranked components, as many as have to go from a network of these sizes until its cost is within the target.
 * Those of a dimension that has come down to its fewest are passed over. Of dimensions of one size the largest loses the next
 * component, as one less of a smaller one saves nothing: those of equal size stay so.
 *
 * @example
 * ```ts
 * import { componentsToRemove, layoutFromJson, rankComponents, resolveGoals } from '@secateur/groups';
 *
 * const layout = layoutFromJson({ dims: { h1: 4 }, weights: { recurrent: 'h1 -> 4*h1' } });
 * const error = (expected: string): Error => new Error(`prune: expected ${expected}`);
 * const context = { layout, dims: ['h1'], which: 'of the model', more: 'take more of them', error };
 * const [goal] = resolveGoals({ units: { h1: 2 } }, context);
 * const ranked = rankComponents(goal!, layout.dims, { h1: [3, 1, 2, 4] });
 * componentsToRemove(goal!, ranked, layout.dims).map(({ index }) => index); // => [1, 2]
 * ```
 */
export function componentsToRemove(
  goal: Goal,
  ranked: readonly RankedComponent[],
  sizes: Sizes,
): RankedComponent[] {
  const left: Record<string, number> = { ...sizes };
  const isLargest = (dim: string): boolean => left[dim] === largestOf(left, goal.equal, dim);
  const places = new Map<string, number[]>(goal.dims.map((dim) => [dim, []]));
  ranked.forEach(({ dim }, place) => places.get(dim)!.push(place));
  const removed: RankedComponent[] = [];
  while (goal.cost(left) > goal.target) {
    const open = goal.dims.filter((dim) => left[dim]! > goal.fewest[dim]! && isLargest(dim));
    const place = Math.min(...open.map((dim) => places.get(dim)![0] ?? Infinity));
    if (place === Infinity) break;
    const component = ranked[place]!;
    places.get(component.dim)!.shift();
    left[component.dim]!--;
    removed.push(component);
  }
  // The last of a dimension that is smaller than another of its set now went for nothing.
  const last = new Map(removed.map((component) => [component.dim, component]));
  return removed.filter((component) => {
    const { dim } = component;
    return isLargest(dim) || last.get(dim) !== component;
  });
}
