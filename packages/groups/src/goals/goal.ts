/** Sizes of dimensions, by name. */
export type Sizes = Readonly<Record<string, number>>;

/** What a set of dimensions has to come down to together; {@link resolveGoals} makes it. */
export interface Goal {
  /** Dimensions whose components compete for what is left. */
  readonly dims: readonly string[];
  /** What is counted, for a person. */
  readonly unit: string;
  /** The cost of the whole network. */
  readonly whole: number;
  /** The fewest components that each dimension may come down to. */
  readonly fewest: Sizes;
  /** The cost with the fewest components of each dimension. */
  readonly least: number;
  /** The cost that is to be reached, or less. */
  readonly target: number;
  /** Dimensions of one size: each of a set is counted with the size of the largest of them. No dimension is in two sets. */
  readonly equal: readonly (readonly string[])[];
  /** What a network of these sizes costs; dimensions that are left out have the size that they have in the layout. */
  cost(sizes: Sizes): number;
  /**
   * What a network of these sizes would cost less with one component less of a dimension; of dimensions of one size the share
   * of each in what they save together.
   */
  price(sizes: Sizes, dim: string): number;
}

/** A goal whose target has not been set. */
export type OpenGoal = Omit<Goal, 'target'>;

/** A goal over all of these dimensions: what the whole network costs. */
export function costGoal(parts: {
  readonly dims: readonly string[];
  readonly cost: (sizes: Sizes) => number;
  readonly equal: readonly (readonly string[])[];
  readonly fewest: Sizes;
  readonly unit: string;
}): OpenGoal {
  const { dims, equal, fewest, unit } = parts;
  const cost = (sizes: Sizes): number => parts.cost(equalSizes(sizes, equal));
  const price = (sizes: Sizes, dim: string): number => {
    // Of dimensions of one size, one component of each of the largest has to go before anything is saved.
    const largest = largestOf(sizes, equal, dim);
    const together = tiedTo(equal, dim).filter((each) => each === dim || sizes[each] === largest);
    const fewer = Object.fromEntries(together.map((each) => [each, sizes[each]! - 1]));
    return (cost(sizes) - cost({ ...sizes, ...fewer })) / together.length;
  };
  return { dims, equal, unit, whole: parts.cost({}), fewest, least: cost(fewest), cost, price };
}

/** A goal for the size that one dimension has, or several of one size. */
export function sizeGoal(dims: readonly string[], size: number, fewest: Sizes): OpenGoal {
  const cost = (sizes: Sizes): number => Math.max(...dims.map((dim) => sizes[dim] ?? size));
  return {
    dims,
    equal: [dims],
    unit: `components of ${dims.join(' and ')}`,
    whole: size,
    fewest,
    least: cost(fewest),
    cost,
    price: () => 1,
  };
}

/**
 * Sizes in which the dimensions of each set have that of the largest of them; no dimension is in two sets.
 *
 * @example
 * ```ts
 * import { equalSizes } from '@secateur/groups';
 *
 * equalSizes({ fwd: 3, bwd: 5, h2: 4 }, [['fwd', 'bwd']]); // => { fwd: 5, bwd: 5, h2: 4 }
 * ```
 */
export function equalSizes(sizes: Sizes, equal: readonly (readonly string[])[]): Sizes {
  if (equal.length === 0) return sizes;
  const result: Record<string, number> = { ...sizes };
  for (const dim of equal.flat()) result[dim] = largestOf(sizes, equal, dim);
  return result;
}

/** The dimensions of the size that this one has: those of its set, or itself alone. */
export function tiedTo(equal: Goal['equal'], dim: string): readonly string[] {
  return equal.find((set) => set.includes(dim)) ?? [dim];
}

/** The size of the largest of the dimensions that {@link tiedTo} lists. */
export function largestOf(sizes: Sizes, equal: Goal['equal'], dim: string): number {
  return Math.max(...tiedTo(equal, dim).map((each) => sizes[each]!));
}
