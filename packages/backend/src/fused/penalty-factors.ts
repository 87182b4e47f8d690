import {
  add,
  concat,
  div,
  gather,
  maximum,
  mul,
  relu,
  sqrt,
  sub,
  sum,
  unstack,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { argumentError } from '../backend-error.ts';
import { checkAttributes } from './check-attributes.ts';
import { checkInputs, type Caller } from './check.ts';
import { contracts } from './contract.ts';
import { present } from './row-column-factors.ts';
import { runFused, type FusedKernel } from './registry.ts';

/**
 * Which slices of weights (rows, columns) belong to which components. A row of `sources` has for each component one of its slices, a
 * row of `targets` for each slice one of its components; an index one past the end stands for none. Each entry has a factor,
 * the multiplicity of the slice.
 */
export interface GroupConnections {
  /** Indices of slices, int32 `[slices of a component, components]`. */
  readonly sources: Tensor2D;
  /** `[slices of a component, components]`. */
  readonly sourceFactors: Tensor2D;
  /** Indices of components, int32 `[components of a slice, slices]`. */
  readonly targets: Tensor2D;
  /** `[components of a slice, slices]`. */
  readonly targetFactors: Tensor2D;
}

/** What {@link penaltyFactors} computes from. */
export interface PenaltyFactorsInputs extends GroupConnections {
  /** The sum of squares of each slice, `[slices]`. */
  readonly squares: Tensor1D;
  /** What lambda is multiplied by for each component, `[components]`; 1 when left out. */
  readonly weighting?: Tensor1D | undefined;
}

/** Options of {@link penaltyFactors}. */
export interface PenaltyRule {
  /** `'subgradient'`: factors that are added up; `'proximal'`: factors that multiply. */
  readonly rule: 'subgradient' | 'proximal';
  /** The strength of the penalty; for the proximal step times the step size. */
  readonly lambda: number;
  /** Added to the squared norm of a component under the root of the subgradient. */
  readonly epsilon: number;
}

/**
 * Far below any norm of weights, far above what single precision can no longer divide by.
 *
 * @example
 * ```ts
 * import { SMALLEST_NORM } from '@secateur/backend/kernels';
 *
 * // The proximal factor of a group that is zeros already: 0, or 1 without a penalty, but never NaN.
 * const factor = (strength: number, norm: number) =>
 *   Math.max(0, 1 - strength / Math.max(norm, SMALLEST_NORM));
 * factor(0.5, 0); // => 0
 * factor(0, 0); // => 1
 * Math.fround(1 / SMALLEST_NORM) < Infinity; // => true
 * ```
 */
export const SMALLEST_NORM = 1e-30;

/** Collects values by index, times their factors: `[rows of index, n]`. An index one past the end reads 0. */
function collected(values: Tensor1D, index: Tensor2D, factors: Tensor2D): Tensor2D {
  return mul(gather(concat([values, zeros([1])]), index), factors);
}

/**
 * The squared norm of each component, `[components]`, from the sums of squares of its slices.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { componentSquares } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * // The first component has the slices 0 and 2, the second has slice 1 alone: 3 stands for none.
 * const sources = tensor2d([[0, 1], [2, 3]], [2, 2], 'int32');
 * const sourceFactors = tensor2d([[1, 1], [1, 1]]);
 * const squares = tensor1d([1, 4, 9]);
 * tidy(() => componentSquares(squares, { sources, sourceFactors }).dataSync()); // => [10, 4]
 * ```
 */
export function componentSquares(
  squares: Tensor1D,
  { sources, sourceFactors }: Pick<GroupConnections, 'sources' | 'sourceFactors'>,
): Tensor1D {
  return sum(collected(squares, sources, sourceFactors), 0);
}

/**
 * `PenaltyFactors` from ordinary operations.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedPenaltyFactors } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * // Two components of one slice each, whose norms are 1 and 4.
 * const [own, ones] = [tensor2d([[0, 1]], [1, 2], 'int32'), tensor2d([[1, 1]])];
 * const connections = { sources: own, sourceFactors: ones, targets: own, targetFactors: ones };
 * const inputs = { squares: tensor1d([1, 16]), ...connections };
 * const rule = { rule: 'subgradient', lambda: 2, epsilon: 0 };
 * tidy(() => composedPenaltyFactors(inputs, rule)[0].dataSync()); // => [2, 0.5]
 * ```
 */
export function composedPenaltyFactors(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [factors: Tensor1D] {
  const { squares, weighting, targets, targetFactors, ...rest } =
    inputs as unknown as PenaltyFactorsInputs;
  const { rule, lambda, epsilon } = attributes as unknown as PenaltyRule;
  const strength = weighting === undefined ? lambda : mul(weighting, lambda);
  const total = componentSquares(squares, rest);
  const norms =
    rule === 'subgradient' ? sqrt(add(total, epsilon)) : maximum(sqrt(total), SMALLEST_NORM);
  // The difference is 0 for a finite norm and NaN for any other: a divergence must not look like a dead group.
  const perComponent = add<Tensor1D>(div(strength, norms), sub(total, total));
  const ratios = collected(perComponent, targets, targetFactors);
  if (rule === 'subgradient') return [sum(ratios, 0)];
  const shrunk: Tensor = add(relu(sub(1, ratios)), sub(ratios, ratios));
  return [unstack(shrunk).reduce((a, b) => mul(a, b)) as Tensor1D];
}

const caller: Caller = { name: 'penaltyFactors', failure: argumentError };
const kernel: FusedKernel = {
  name: 'PenaltyFactors',
  composed: composedPenaltyFactors,
};

/**
 * The factor of each slice, `[slices]`, that a group penalty gives it. With S the squared norm of a component:
 * for the subgradient the sum of `lambda * multiplicity / sqrt(S + epsilon)` over the components that cover the slice;
 * for the proximal step the product of `max(0, 1 - lambda * multiplicity / sqrt(S))`. A norm that is not finite gives
 * NaN. Not differentiable. Throws a BackendError when shapes or dtypes do not fit, and for an unknown rule or a number that
 * is not finite or below 0.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { penaltyFactors } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * // Two components of one slice each, whose norms are 1 and 4.
 * const [own, ones] = [tensor2d([[0, 1]], [1, 2], 'int32'), tensor2d([[1, 1]])];
 * const connections = { sources: own, sourceFactors: ones, targets: own, targetFactors: ones };
 * const inputs = { squares: tensor1d([1, 16]), ...connections };
 * const rule = { rule: 'proximal', lambda: 2, epsilon: 0 } as const;
 * tidy(() => penaltyFactors(inputs, rule).dataSync()); // => [0, 0.5]
 * ```
 */
export function penaltyFactors(inputs: PenaltyFactorsInputs, settings: PenaltyRule): Tensor1D {
  const contract = contracts.PenaltyFactors;
  checkInputs(caller, contract, inputs as unknown as Record<string, unknown>);
  checkAttributes(caller, contract, settings);
  const [factors] = runFused(kernel, present(contract, inputs), { ...settings });
  return factors as Tensor1D;
}
