import type { Goal } from './goal.ts';

/** What is known of the components of a goal when their penalty is set. */
export interface Standing {
  /** The norm of every component, by dimension; 0 for one that is gone. */
  readonly norms: Readonly<Record<string, ArrayLike<number>>>;
  /** Steps that are left until the budget must be met; 0 and less: now. */
  readonly left: number;
  /** Steps from the first penalised one to the last. */
  readonly window: number;
  /** Steps until the penalties are set again. */
  readonly interval: number;
}

/** What a component is to lose of its norm at each step; -1 for one that is gone for good. */
export type Amounts = Record<string, number[]>;

/** A component that is there. */
interface Component {
  readonly dim: string;
  readonly index: number;
  /** Its norm, divided by what it costs. */
  readonly worth: number;
  readonly price: number;
}

/** Of a component that is gone. */
export const GONE = -1;

/**
 * By how much each component's norm shrinks at every step until the next look. Components compete by norm over cost; the
 * last of those that have to go, so that the rest is within the target, decides: it shall be gone in the steps that are left,
 * or in a quarter of the window when fewer are left, as a penalty that grows without bound would ruin those that stay. All
 * others lose the same per unit of cost, which leaves the competition open, but no other can be lost before the next look:
 * the target is never missed from below by more than a component. What has not gone when no steps are left, goes at once.
 */
export function amountsFor(goal: Goal, standing: Standing): Amounts {
  const { norms, left, window, interval } = standing;
  const alive = livingComponents(goal, norms);
  const doomed = doomedOf(goal, alive, countsOf(goal, norms));
  const amounts: Amounts = Object.fromEntries(
    goal.dims.map((dim) => [dim, Array.from(norms[dim]!, (norm) => (norm === 0 ? GONE : 0))]),
  );
  if (doomed.length === 0) return amounts;
  if (left <= 0) {
    for (const { dim, index } of doomed) amounts[dim]![index] = GONE;
    return amounts;
  }
  const rate = doomed.at(-1)!.worth / Math.max(left, window / 4);
  const going = new Set(doomed);
  for (const component of alive) {
    const { dim, index, worth, price } = component;
    // One step more than the interval: norms are of the step before.
    const atRisk = worth <= rate * (interval + 1);
    if (going.has(component) || !atRisk) amounts[dim]![index] = rate * price;
  }
  return amounts;
}

/** How many components of each dimension are there. */
export function countsOf(
  { dims }: Pick<Goal, 'dims'>,
  norms: Readonly<Record<string, ArrayLike<number>>>,
): Record<string, number> {
  return Object.fromEntries(
    dims.map((dim) => [dim, Array.from(norms[dim]!).filter((norm) => norm !== 0).length]),
  );
}

/** The components that are there, those of least worth first. */
function livingComponents(
  goal: Goal,
  norms: Readonly<Record<string, ArrayLike<number>>>,
): Component[] {
  const sizes = countsOf(goal, norms);
  return goal.dims
    .flatMap((dim) => {
      const price = goal.price(sizes, dim);
      return Array.from(norms[dim]!, (norm, index) => ({
        dim,
        index,
        worth: norm / price,
        price,
      })).filter(({ worth }) => worth !== 0);
    })
    .sort((a, b) => a.worth - b.worth || a.index - b.index);
}

/** The components of least worth that have to go until the cost is within the target; one of each dimension stays. */
function doomedOf(
  goal: Goal,
  alive: readonly Component[],
  counts: Readonly<Record<string, number>>,
): Component[] {
  const sizes = { ...counts };
  const doomed: Component[] = [];
  for (const component of alive) {
    if (goal.cost(sizes) <= goal.target) break;
    if (sizes[component.dim]! <= 1) continue;
    sizes[component.dim]!--;
    doomed.push(component);
  }
  return doomed;
}
