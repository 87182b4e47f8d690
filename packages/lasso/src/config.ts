import { serialization, type Optimizer } from '@tensorflow/tfjs-core';
import { layoutFromJson, layoutToJson, type GroupSet, type LayoutJson } from '@secateur/groups';
import type { BudgetState } from './budget/control.ts';
import type { BudgetOptions } from './budget/options.ts';
import { checkGroups } from './check-groups.ts';
import { optimizerError } from './error.ts';
import { givenOptions, type GroupLassoOptions, type ResolvedOptions } from './options.ts';
import { readSchedule, writeSchedule } from './schedule-config.ts';

type Config = serialization.ConfigDict;

/** What a group-Lasso optimizer adds to the config of the optimizer inside it, as JSON. */
interface SavedGroupLasso {
  /** Class of the innermost optimizer, whose settings the rest of the config has. */
  readonly className: string;
  /** What the inner optimizer adds, where that is a group-Lasso optimizer too. */
  readonly inner?: SavedGroupLasso;
  readonly step: number;
  readonly groups: readonly GroupSet[];
  readonly options: Readonly<Record<string, unknown>>;
  /** How the budget stands; only beside a budget among the options. */
  readonly budgetState?: BudgetState;
}

/** What a group-Lasso optimizer is made of, but for its inner optimizer. */
export interface Settings {
  readonly step: number;
  readonly groups: readonly GroupSet[];
  readonly options: GroupLassoOptions;
  readonly budgetState: BudgetState | undefined;
  /** The settings of an inner optimizer that penalizes groups too. */
  readonly nested: unknown;
}

/**
 * Writes the config of the inner optimizer with one key more, `groupLasso`. TensorFlow.js saves a model's optimizer as its
 * class and config; so it is the inner optimizer for any loader, and one that knows the key has the rest. A schedule that
 * is not of this package cannot be saved and becomes null.
 */
export function writeConfig(
  inner: Optimizer,
  {
    step,
    groups,
    options,
    budgetState,
  }: {
    step: number;
    groups: readonly GroupSet[];
    options: ResolvedOptions;
    budgetState: BudgetState | undefined;
  },
): Config {
  const { groupLasso, ...config } = inner.getConfig();
  const saved = {
    className: inner.getClassName(),
    ...(groupLasso === undefined ? {} : { inner: groupLasso }),
    step,
    groups: groups.map(({ name, count, slices }) => ({
      name,
      count,
      slices: slices.map(({ weight, axis, start, multiplier }) => ({
        weight,
        axis,
        start,
        multiplier,
      })),
    })),
    options: Object.fromEntries(
      Object.entries(givenOptions(options)).flatMap(([name, value]: [string, unknown]) =>
        value === undefined ? [] : [[name, writeOption(name, value)]],
      ),
    ),
    ...(budgetState === undefined ? {} : { budgetState }),
  };
  return { ...config, groupLasso: saved as unknown as Config };
}

/** An option as JSON: a budget with its layout in the notation, anything else as a schedule or as it is. */
function writeOption(name: string, value: unknown): unknown {
  if (name !== 'budget') return writeSchedule(value);
  const { layout, ...rest } = value as BudgetOptions;
  return { ...rest, layout: layoutToJson(layout) };
}

function readOption(name: string, value: unknown): unknown {
  if (name !== 'budget') return readSchedule(value);
  const { layout, ...rest } = value as { readonly layout: LayoutJson };
  return { ...rest, layout: layoutFromJson(layout) };
}

/** Reads the settings that {@link writeConfig} put under `groupLasso`. */
export function readSettings(saved: unknown): Settings {
  const where = 'fromConfig';
  const { step, groups, options, inner, budgetState } = savedGroupLasso(saved, where);
  checkGroups(groups, where);
  const lost = Object.keys(options).filter((name) => options[name] === null);
  if (lost.length > 0) {
    throw optimizerError(
      `${where}: expected a schedule for ${lost.join(' and ')}, found none, as a function that is not of this package cannot be saved; make the inner optimizer alone and wrap it by groupLasso with your schedule.`,
    );
  }
  const read = Object.entries(options).map(([name, value]) => [name, readOption(name, value)]);
  return {
    step,
    groups,
    options: Object.fromEntries(read) as GroupLassoOptions,
    budgetState,
    nested: inner,
  };
}

/** Makes the innermost optimizer, whose class must be one that tfjs knows, as it was when it had taken no step. */
export function readInner(config: Config): Optimizer {
  const { groupLasso, ...rest } = config;
  const { className } = savedGroupLasso(groupLasso, 'fromConfig');
  const { classNameMap } = serialization.SerializationMap.getMap();
  const known = Object.hasOwn(classNameMap, className) ? classNameMap[className] : undefined;
  if (known === undefined) {
    throw optimizerError(
      `fromConfig: expected an optimizer that tfjs knows, found "${className}"; register its class with serialization.registerClass.`,
    );
  }
  const [cls, fromConfig] = known;
  return fromConfig(cls, rest) as unknown as Optimizer;
}

function savedGroupLasso(saved: unknown, where: string): SavedGroupLasso {
  const { className, step, groups, options } = (saved ?? {}) as Partial<SavedGroupLasso>;
  const isSaved =
    typeof className === 'string' &&
    typeof step === 'number' &&
    Array.isArray(groups) &&
    typeof options === 'object' &&
    options !== null;
  if (isSaved) return saved as SavedGroupLasso;
  throw optimizerError(
    `${where}: expected className, step, groups and options under "groupLasso", found ${JSON.stringify(saved) ?? 'nothing'}; pass what getConfig returned.`,
  );
}
