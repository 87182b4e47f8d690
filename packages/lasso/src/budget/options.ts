import {
  resolveGoals,
  type CostTarget,
  type Goal,
  type GroupSet,
  type Layout,
} from '@secateur/groups';
import { checkOptions, type OptionNames } from '@secateur/input';
import type { LassoError } from '../error.ts';
import { argumentError } from '../error.ts';

/** What a network may cost in the end, and when: one of `macs`, `parameters`, `bytes` and `units`. */
export interface BudgetOptions extends CostTarget {
  /** The layout of the whole network, before anything is removed. */
  readonly layout: Layout;
  /** The number of steps after which the budget is met; from then on nothing is penalized any more. */
  readonly by: number;
  /** Steps that are taken before the first penalized one; default 0. */
  readonly from?: number;
}

/** A budget whose values have been checked. */
export interface Budget {
  readonly from: number;
  readonly by: number;
  /** Sets of dimensions that compete with each other, each with what it has to reach. */
  readonly goals: readonly Goal[];
}

const names: OptionNames<BudgetOptions> = {
  layout: true,
  by: true,
  from: true,
  macs: true,
  parameters: true,
  bytes: true,
  units: true,
  equal: true,
};

/**
 * Checks a budget for the groups that it is to be met by.
 *
 * @throws {@link LassoError} for a value out of range, a name that is no dimension, and a budget that removing components of
 * these groups cannot meet; that error names the nearest one.
 */
export function resolveBudget(options: BudgetOptions, groups: readonly GroupSet[]): Budget {
  checkOptions('groupLasso: budget', options, names, argumentError);
  const { layout, by, from = 0 } = options;
  if (typeof layout?.dims !== 'object') {
    throw bad('the layout of the whole network', String(layout), 'pass that of parseLayout');
  }
  for (const { name, count } of groups) {
    const size = Object.hasOwn(layout.dims, name) ? layout.dims[name]! : 0;
    if (count <= size) continue;
    throw bad(
      `a layout that has each group set as a dimension (${JSON.stringify(layout.dims)})`,
      `a group set "${name}" of ${count}`,
      'make the groups with issGroups(layout), of that layout or a compacted one',
    );
  }
  if (!Number.isInteger(from) || from < 0) {
    throw bad('from to be a whole number of steps >= 0', String(from), 'leave it out to begin');
  }
  if (!Number.isInteger(by) || by <= from) {
    throw bad(
      `by to be a whole number of steps above ${from}`,
      String(by),
      'half of all steps of the training is a good value',
    );
  }
  const goals = resolveGoals(options, {
    layout,
    dims: groups.map(({ name }) => name),
    which: 'with groups',
    more: 'put more dimensions into the groups',
    error: bad,
  });
  return { from, by, goals };
}

function bad(expected: string, found: string, advice: string): LassoError {
  return argumentError(
    `groupLasso: expected a budget with ${expected}, found ${found}; ${advice}.`,
  );
}
