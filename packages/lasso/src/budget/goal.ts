/** Sizes of dimensions, by name. */
export type Sizes = Readonly<Record<string, number>>;

/** What a set of dimensions has to come down to together. */
export interface Goal {
  /** Dimensions whose components compete for what is left. */
  readonly dims: readonly string[];
  /** What is counted, for a person. */
  readonly unit: string;
  /** The cost of the whole network. */
  readonly whole: number;
  /** The cost with one component of each dimension. */
  readonly least: number;
  /** The cost that is to be reached, or less. */
  readonly target: number;
  /** What a network of these sizes costs; dimensions that are left out have the size that they have in the layout. */
  cost(sizes: Sizes): number;
  /** What a network of these sizes would cost less with one component less of a dimension. */
  price(sizes: Sizes, dim: string): number;
}

/** A goal over all dimensions with groups: what the whole network costs. */
export function costGoal(given: {
  readonly names: readonly string[];
  readonly cost: (sizes: Sizes) => number;
  readonly equal: readonly (readonly string[])[];
  readonly whole: number;
  readonly unit: string;
}): Omit<Goal, 'target'> {
  const { names, equal, whole, unit } = given;
  const cost = (sizes: Sizes): number => given.cost(equalised(sizes, equal));
  const ones = Object.fromEntries(names.map((name) => [name, 1]));
  const price = (sizes: Sizes, dim: string): number => {
    // Of dimensions of one size, one component of each has to go before anything is saved.
    const together = equal.find((dims) => dims.includes(dim)) ?? [dim];
    const fewer = Object.fromEntries(together.map((each) => [each, sizes[each]! - 1]));
    return (cost(sizes) - cost({ ...sizes, ...fewer })) / together.length;
  };
  return { dims: names, unit, whole, least: cost(ones), cost, price };
}

/** A goal for the size of one dimension. */
export function sizeGoal(dim: string, size: number): Omit<Goal, 'target'> {
  return {
    dims: [dim],
    unit: `components of ${dim}`,
    whole: size,
    least: 1,
    cost: (sizes) => sizes[dim] ?? size,
    price: () => 1,
  };
}

/** Sizes in which the dimensions of each list have that of the largest of them. */
function equalised(sizes: Sizes, equal: readonly (readonly string[])[]): Sizes {
  if (equal.length === 0) return sizes;
  const result: Record<string, number> = { ...sizes };
  for (const dims of equal) {
    const largest = Math.max(...dims.map((dim) => sizes[dim]!));
    for (const dim of dims) result[dim] = largest;
  }
  return result;
}
