import { dimensionSize, requireLayout } from '../check-layout.ts';
import { costFunction } from '../count.ts';
import type { Layout } from '../types.ts';
import { costGoal, sizeGoal, tiedTo, type Goal, type OpenGoal, type Sizes } from './goal.ts';

/** What a network may cost in the end: one of `macs`, `parameters`, `bytes` and `units`. */
export interface CostTarget {
  /** Multiply-adds for one token: a share of the whole network's below 1, else a number of them. */
  readonly macs?: number;
  /** Entries of all weights: a share of the whole network's below 1, else a number of them. */
  readonly parameters?: number;
  /** Bytes of all weights, 4 an entry: a share of the whole network's below 1, else a number of them. */
  readonly bytes?: number;
  /** Components of some dimensions, by name: a share of the dimension's size below 1, rounded down to one or more, else a number. */
  readonly units?: Readonly<Record<string, number>>;
  /**
   * Dimensions that must keep one size, such as the directions of a `Bidirectional`: each is counted with the size of the
   * largest. Default none.
   */
  readonly equal?: readonly (readonly string[])[];
}

/** What {@link resolveGoals} is told beside the target. */
export interface GoalContext {
  /** The layout of the whole network, before anything is removed. */
  readonly layout: Layout;
  /** Dimensions that may lose components. */
  readonly dims: readonly string[];
  /** The fewest components that each of them may come down to; default one each. */
  readonly fewest?: Sizes;
  /** What these dimensions have in common, such as "with groups", for messages. */
  readonly which: string;
  /** How there can be more of them, for messages. */
  readonly more: string;
  /** Makes the error of the caller. */
  error(expected: string, found: string, advice: string): Error;
}

const totals = ['macs', 'parameters', 'bytes'] as const;
const words = { macs: 'multiply-adds', parameters: 'parameters', bytes: 'bytes' } as const;

/**
 * What the dimensions of a network have to come down to: one goal for a cost of the whole network, or one for each dimension in
 * `units`, together with those that must keep its size.
 *
 * @throws what `context.error` makes, for a value out of range, a name that is not among `context.dims`, and a target that
 * removing components cannot meet; that error names the nearest one.
 * @throws {@link GroupError} if a name in `context.dims` is no dimension of the layout.
 *
 * @example
 * ```ts
 * import { layoutFromJson, resolveGoals } from '@secateur/groups';
 *
 * const weights = { recurrent: 'h1 -> h1', softmax: 'h1 -> vocab' };
 * const layout = layoutFromJson({ dims: { h1: 10, vocab: 7 }, weights });
 * const error = (expected: string): Error => new Error(`prune: expected ${expected}`);
 * const context = { layout, dims: ['h1'], which: 'of the model', more: 'take more of them', error };
 * const [goal] = resolveGoals({ macs: 0.5 }, context);
 * [goal!.whole, goal!.target]; // => [170, 85]
 * goal!.cost({ h1: 6 }); // => 78
 * ```
 */
export function resolveGoals(target: CostTarget, context: GoalContext): Goal[] {
  const { layout, dims, fewest = Object.fromEntries(dims.map((dim) => [dim, 1])) } = context;
  requireLayout(layout, 'resolveGoals');
  for (const dim of dims) dimensionSize(layout, dim, 'resolveGoals');
  const stated = [...totals, 'units' as const].filter((name) => target[name] !== undefined);
  if (stated.length !== 1) {
    throw context.error(
      'one of macs, parameters, bytes and units',
      stated.join(' and ') || 'none',
      'say what the network may cost, such as macs: 0.4',
    );
  }
  const { units, equal = [] } = target;
  checkEqual(equal, context);
  if (units !== undefined) return sizeGoals(units, equal, fewest, context);
  const total = totals.find((name) => target[name] !== undefined)!;
  const cost = costFunction(layout, total === 'macs' ? 'macs' : 'parameters');
  const counted = total === 'bytes' ? (sizes: Sizes): number => 4 * cost(sizes) : cost;
  const goal = costGoal({ dims, cost: counted, equal, fewest, unit: words[total] });
  return [withTarget(goal, target[total]!, total, context)];
}

/** The goal with its target, which must lie below what the whole network costs, and not below what can be reached. */
function withTarget(
  goal: OpenGoal,
  value: number,
  name: string,
  context: GoalContext,
  target = value < 1 ? value * goal.whole : value,
): Goal {
  const { whole, least, unit } = goal;
  if (!(typeof value === 'number' && value > 0 && value < Infinity)) {
    throw context.error(
      `${name} to be a number above 0`,
      String(value),
      'a share below 1 or a number',
    );
  }
  if (target >= whole) {
    throw context.error(
      `${name} below those of the whole network, ${whole} ${unit}`,
      String(value),
      'lower it',
    );
  }
  if (target < least) {
    const share = Math.ceil((least / whole) * 1000) / 1000;
    const nearest = `take ${value < 1 && share < 1 ? share : least} or more, or `;
    throw context.error(
      `${name} that removing components can meet`,
      `${String(value)} where ${fewestOf(goal)} still costs ${least} of ${whole} ${unit}`,
      `${least < whole ? nearest : ''}${context.more}`,
    );
  }
  return { ...goal, target };
}

function fewestOf({ dims, fewest }: OpenGoal): string {
  if (dims.every((dim) => fewest[dim] === 1)) return 'one component of each dimension';
  return `a network of ${dims.map((dim) => `${dim} = ${fewest[dim]!}`).join(', ')}`;
}

function sizeGoals(
  units: Readonly<Record<string, number>>,
  equal: readonly (readonly string[])[],
  fewest: Sizes,
  context: GoalContext,
): Goal[] {
  const { layout, dims, which, error } = context;
  const names = typeof units === 'object' && units !== null ? Object.keys(units) : [];
  if (names.length === 0) throw error('units of at least one dimension', 'none', 'name one');
  // Of two for dimensions of one size, what meets the lower one meets both.
  const lowest = new Map<string, Goal>();
  for (const name of names) {
    if (!dims.includes(name)) {
      throw error(`units of dimensions ${which} (${dims.join(', ')})`, `"${name}"`, 'name those');
    }
    const together = tiedTo(equal, name);
    const size = Math.max(...together.map((dim) => layout.dims[dim]!));
    const value = units[name]!;
    if (value >= 1 && !Number.isInteger(value)) {
      throw error(
        `units of "${name}" to be a share below 1 or a whole number`,
        String(value),
        'round it',
      );
    }
    // No more than the share, but for what the product of 0.29 and 100 lacks.
    const count = value < 1 ? Math.max(1, Math.floor(value * size + 1e-9)) : value;
    const open = sizeGoal(together, size, fewest);
    const goal = withTarget(open, value, `units of "${name}"`, context, count);
    const key = together[0]!;
    if (goal.target < (lowest.get(key)?.target ?? Infinity)) lowest.set(key, goal);
  }
  return [...lowest.values()];
}

function checkEqual(
  equal: readonly (readonly string[])[],
  { dims, which, error }: GoalContext,
): void {
  const all = Array.isArray(equal) ? equal.flat() : [undefined];
  const wrong = all.find((name, i) => !dims.includes(name as string) || all.indexOf(name) < i);
  if (all.length === 0 || (wrong === undefined && !all.includes(undefined))) return;
  throw error(
    `equal to be lists of dimensions ${which} (${dims.join(', ')}), each in one list`,
    String(wrong),
    'name those that must keep one size',
  );
}
