import type { Goal, Sizes } from './goal.ts';

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
 * By how much each component's norm shrinks at every step until the next look. Components compete by norm over cost, their
 * worth. Those of least worth have to go, until the rest is within the target, and each has a step by which it is gone: the
 * first after half of the window, the last at its end, so that the cost follows a straight path. All components lose at least
 * half of the worth of the last of these over the window, per unit of cost: that keeps the competition open, as group Lasso does,
 * and leaves those that stay most of what they are. None of these can be lost before the next look: the target is never missed
 * from below by more than a component. What has not gone when no steps are left, goes at once.
 */
export function amountsFor(goal: Goal, standing: Standing): Amounts {
  const { norms, left, window, interval } = standing;
  const counts = countsOf(goal, norms);
  const alive = livingComponents(goal, norms, counts);
  const doomed = doomedOf(goal, alive, counts);
  const amounts: Amounts = Object.fromEntries(
    goal.dims.map((dim) => [dim, Array.from(norms[dim]!, (norm) => (norm === 0 ? GONE : 0))]),
  );
  if (doomed.length === 0) return amounts;
  if (left <= 0) {
    for (const { dim, index } of doomed) amounts[dim]![index] = GONE;
    return amounts;
  }
  const common = doomed.at(-1)!.worth / (2 * window);
  const places = new Map(doomed.map((component, place) => [component, place]));
  for (const component of alive) {
    const { dim, index, worth, price } = component;
    const place = places.get(component);
    if (place === undefined) {
      // One step more than the interval: norms are of the step before.
      if (worth > common * (interval + 1)) amounts[dim]![index] = common * price;
    } else {
      const later = ((doomed.length - 1 - place) / doomed.length) * (window / 2);
      // One that is late goes within the interval.
      const own = worth / Math.max(left - later, interval);
      amounts[dim]![index] = Math.max(common, own) * price;
    }
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
  counts: Sizes,
): Component[] {
  return goal.dims
    .flatMap((dim) => {
      const price = goal.price(counts, dim);
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
function doomedOf(goal: Goal, alive: readonly Component[], counts: Sizes): Component[] {
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
