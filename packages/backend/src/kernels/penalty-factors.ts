import { SMALLEST_NORM, type PenaltyRule } from '../fused/penalty-factors.ts';

/** The inputs of {@link penaltyFactorsOf} as arrays, row-major. */
export interface PenaltyFactorsArrays {
  readonly squares: ArrayLike<number>;
  readonly sources: ArrayLike<number>;
  readonly sourceFactors: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  readonly targetFactors: ArrayLike<number>;
  readonly weighting?: ArrayLike<number> | undefined;
  /** Number of components. */
  readonly components: number;
}

/** Computes `PenaltyFactors` in float64 loops: a factor for each slice. */
export function penaltyFactorsOf(
  arrays: PenaltyFactorsArrays,
  { rule, lambda, epsilon }: PenaltyRule,
): Float64Array {
  const { squares, sources, sourceFactors, targets, targetFactors, weighting } = arrays;
  const { components } = arrays;
  const slices = squares.length;
  // One number more, 0, for the index one past the end.
  const perComponent = new Float64Array(components + 1);
  for (let at = 0; at < sources.length; at++) {
    const slice = sources[at]!;
    if (slice < slices) perComponent[at % components]! += squares[slice]! * sourceFactors[at]!;
  }
  for (let k = 0; k < components; k++) {
    const total = perComponent[k]!;
    const strength = lambda * (weighting?.[k] ?? 1);
    const norm =
      rule === 'subgradient'
        ? Math.sqrt(total + epsilon)
        : Math.max(Math.sqrt(total), SMALLEST_NORM);
    perComponent[k] = strength / norm + (total - total);
  }
  const factors = new Float64Array(slices).fill(rule === 'subgradient' ? 0 : 1);
  for (let at = 0; at < targets.length; at++) {
    const part = perComponent[targets[at]!]! * targetFactors[at]!;
    if (rule === 'subgradient') factors[at % slices]! += part;
    else factors[at % slices]! *= Math.max(0, 1 - part);
  }
  return factors;
}
