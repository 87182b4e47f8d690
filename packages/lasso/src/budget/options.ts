import { costFunction, type GroupSet, type Layout } from '@secateur/groups';
import { LassoError } from '../error.ts';
import { costGoal, sizeGoal, type Goal } from './goal.ts';

/** What a network may cost in the end: one of `macs`, `parameters`, `bytes` and `units`. */
export interface BudgetOptions {
  /** The layout of the whole network, before anything is removed. */
  readonly layout: Layout;
  /** Multiply-adds for one token: a share of the whole network's below 1, else a number of them. */
  readonly macs?: number;
  /** Entries of all weights: a share of the whole network's below 1, else a number of them. */
  readonly parameters?: number;
  /** Bytes of all weights, 4 an entry: a share of the whole network's below 1, else a number of them. */
  readonly bytes?: number;
  /** Components of some dimensions, by name: a share of the dimension's size below 1, else a number of them. */
  readonly units?: Readonly<Record<string, number>>;
  /** The step by which the budget is met; from then on nothing is penalised any more. */
  readonly by: number;
  /** Steps that are taken before the first penalised one; default 0. */
  readonly from?: number;
  /**
   * Dimensions that must keep one size, such as the directions of a `Bidirectional`: each is counted with the size of the
   * largest. Default none.
   */
  readonly equal?: readonly (readonly string[])[];
}

/** A budget whose values have been checked. */
export interface Budget {
  readonly from: number;
  readonly by: number;
  /** Sets of dimensions that compete with each other, each with what it has to reach. */
  readonly goals: readonly Goal[];
}

const totals = ['macs', 'parameters', 'bytes'] as const;
const words = { macs: 'multiply-adds', parameters: 'parameters', bytes: 'bytes' } as const;
const known = ['layout', ...totals, 'units', 'by', 'from', 'equal'];

/**
 * Checks a budget for the groups that it is to be met by.
 *
 * @throws {@link LassoError} for a value out of range, a name that is no dimension, and a budget that removing components of
 * these groups cannot meet; that error names the nearest one.
 */
export function resolveBudget(options: BudgetOptions, groups: readonly GroupSet[]): Budget {
  if (typeof options !== 'object' || options === null) {
    throw bad('one such as { layout, macs: 0.4, by: 5000 }', String(options), 'pass an object');
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw bad(`keys among ${known.join(', ')}`, unknown, 'remove it');
  const { layout, by, from = 0, units, equal = [] } = options;
  if (typeof layout?.dims !== 'object') {
    throw bad('the layout of the whole network', String(layout), 'pass that of parseLayout');
  }
  const names = groups.map(({ name }) => name);
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
  const given = [...totals, 'units' as const].filter((name) => options[name] !== undefined);
  if (given.length !== 1) {
    throw bad(
      'one of macs, parameters, bytes and units',
      given.join(' and ') || 'none',
      'say what the network may cost, such as macs: 0.4',
    );
  }
  checkEqual(equal, names);
  if (units !== undefined) return { from, by, goals: sizeGoals(units, layout, names) };
  const total = totals.find((name) => options[name] !== undefined)!;
  const cost = costFunction(layout, total === 'macs' ? 'macs' : 'parameters');
  const scale = total === 'bytes' ? 4 : 1;
  const counted = (sizes: Readonly<Record<string, number>>): number => scale * cost(sizes);
  const goal = costGoal({ names, cost: counted, equal, whole: counted({}), unit: words[total] });
  return { from, by, goals: [withTarget(goal, options[total]!, total)] };
}

/** The goal with its target, which must lie below what the whole network costs, and not below what can be reached. */
function withTarget(goal: Omit<Goal, 'target'>, value: number, name: string): Goal {
  const { whole, least, unit } = goal;
  if (!(typeof value === 'number' && value > 0 && value < Infinity)) {
    throw bad(`${name} to be a number above 0`, String(value), 'a share below 1 or a number');
  }
  const target = value < 1 ? value * whole : value;
  if (target >= whole) {
    throw bad(
      `${name} below those of the whole network, ${whole} ${unit}`,
      String(value),
      'lower it',
    );
  }
  if (target < least) {
    throw bad(
      `${name} that removing components can meet`,
      `${String(value)} where one component of each dimension still costs ${least} of ${whole} ${unit}`,
      `take ${value < 1 ? shareAbove(least / whole) : least} or more, or put more dimensions into the groups`,
    );
  }
  return { ...goal, target };
}

/** A share with three digits that is no smaller. */
const shareAbove = (share: number): number => Math.ceil(share * 1000) / 1000;

function sizeGoals(
  units: Readonly<Record<string, number>>,
  layout: Layout,
  names: readonly string[],
): Goal[] {
  const dims = Object.keys(units);
  if (dims.length === 0) throw bad('units of at least one dimension', 'none', 'name one');
  return dims.map((dim) => {
    if (!names.includes(dim)) {
      throw bad(`units of dimensions with groups (${names.join(', ')})`, `"${dim}"`, 'name those');
    }
    const goal = sizeGoal(dim, layout.dims[dim]!);
    const value = units[dim]!;
    const count = value < 1 ? Math.max(1, Math.round(value * goal.whole)) : value;
    if (value >= 1 && !Number.isInteger(value)) {
      throw bad(
        `units of "${dim}" to be a share below 1 or a whole number`,
        String(value),
        'round it',
      );
    }
    return withTarget(goal, value < 1 && value > 0 ? count : value, `units of "${dim}"`);
  });
}

function checkEqual(equal: readonly (readonly string[])[], names: readonly string[]): void {
  const all = Array.isArray(equal) ? equal.flat() : [undefined];
  const wrong = all.find((name, i) => !names.includes(name as string) || all.indexOf(name) < i);
  if (all.length === 0 || (wrong === undefined && !all.includes(undefined))) return;
  throw bad(
    `equal to be lists of dimensions with groups (${names.join(', ')}), each in one list`,
    String(wrong),
    'name those that must keep one size',
  );
}

function bad(expected: string, found: string, advice: string): LassoError {
  return new LassoError(
    `groupLasso: expected a budget with ${expected}, found ${found}; ${advice}.`,
  );
}
