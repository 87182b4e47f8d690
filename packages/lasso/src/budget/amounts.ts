import { componentsToRemove, rankComponents, type Goal } from '@secateur/groups';

/** What is known of the components of a goal when their penalty is set. */
export interface Standing {
  /** The norm of every component, by dimension; 0 for one that is gone. */
  readonly norms: Readonly<Record<string, ArrayLike<number>>>;
  /** Steps that are left until the budget must be met; 0: in this one. */
  readonly left: number;
  /** Steps from the first penalized one to the last. */
  readonly window: number;
  /** Steps until the penalties are set again. */
  readonly interval: number;
}

/** What a component is to lose of its norm at each step; -1 for one that is gone for good. */
export type Amounts = Record<string, number[]>;

/** Of a component that is gone. */
export const GONE = -1;

/**
 * By how much each component's norm shrinks at every step until the next look. Components compete by norm over cost, their
 * worth. Those of least worth have to go, until the rest is within the target, and each has a step by which it is gone: the
 * first after half of the window, the last at its end, so that the cost follows a straight path. All components lose at least
 * the worth of the last of these over the window, per unit of cost: that keeps the competition open, as group Lasso does. But
 * where all are still of about equal worth, as at the start of a training, this would leave nothing of those that stay: they lose no
 * more than half of the worth of the one in their middle. None of these can be lost before the next look: the target is never missed
 * from below by more than a component. What has not gone when no steps are left, goes at once.
 */
export function amountsFor(goal: Goal, standing: Standing): Amounts {
  const { norms, left, window, interval } = standing;
  const counts = countsOf(goal, norms);
  const alive = rankComponents(goal, counts, norms);
  const doomed = componentsToRemove(goal, alive, counts);
  const amounts: Amounts = Object.fromEntries(
    goal.dims.map((dim) => [dim, Array.from(norms[dim]!, (norm) => (norm === 0 ? GONE : 0))]),
  );
  if (doomed.length === 0) return amounts;
  if (left === 0) {
    for (const { dim, index } of doomed) amounts[dim]![index] = GONE;
    return amounts;
  }
  const rankOf = new Map(doomed.map((component, place) => [component, place]));
  const staying = alive.filter((component) => !rankOf.has(component));
  const middle = staying[staying.length >> 1]!.worth;
  const common = Math.min(doomed.at(-1)!.worth, middle / 2) / window;
  for (const component of alive) {
    const { dim, index, worth, price } = component;
    const place = rankOf.get(component);
    if (place === undefined) {
      // One step more than the interval: norms are of the step before.
      if (worth > common * (interval + 1)) amounts[dim]![index] = common * price;
    } else {
      const later = ((doomed.length - 1 - place) / doomed.length) * (window / 2);
      // One that is late goes within the interval.
      const needed = worth / Math.max(left - later, interval);
      amounts[dim]![index] = Math.max(common, needed) * price;
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
