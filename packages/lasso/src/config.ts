import { serialization, type Optimizer } from '@tensorflow/tfjs-core';
import type { GroupSet, Slice } from '@secateur/groups';
import { LassoError } from './error.ts';
import type { GroupLassoOptions, ResolvedOptions } from './options.ts';

type Config = serialization.ConfigDict;

/** What an optimizer is built from. */
export interface Parts {
  readonly inner: Optimizer;
  readonly groups: GroupSet[];
  readonly options: GroupLassoOptions;
}

/** Puts an optimizer's settings into JSON; a schedule that is a function cannot be saved and becomes null. */
export function writeConfig(
  inner: Optimizer,
  groups: readonly GroupSet[],
  options: ResolvedOptions,
): Config {
  const saved = Object.entries(options).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : [[name, typeof value === 'function' ? null : value]],
  );
  return {
    inner: { className: inner.getClassName(), config: inner.getConfig() },
    groups: groups.map(({ name, count, slices }) => ({
      name,
      count,
      slices: slices.map((slice: Slice) => ({ ...slice })),
    })),
    options: Object.fromEntries(saved) as Config,
  };
}

/** Reads what {@link writeConfig} wrote; the inner optimizer's class must be one that tfjs knows. */
export function readConfig(config: Config): Parts {
  const { inner, groups, options } = config as unknown as {
    inner: { className: string; config: Config };
    groups: GroupSet[];
    options: Record<string, unknown>;
  };
  const lost = Object.keys(options).filter((name) => options[name] === null);
  if (lost.length > 0) {
    throw new LassoError(
      `fromConfig: expected a number for ${lost.join(' and ')}, found none, as functions cannot be saved; build the optimizer with groupLasso and its schedule.`,
    );
  }
  const { classNameMap } = serialization.SerializationMap.getMap();
  const known = classNameMap[inner.className];
  if (known === undefined) {
    throw new LassoError(
      `fromConfig: expected an optimizer that tfjs knows, found "${inner.className}"; register its class with serialization.registerClass.`,
    );
  }
  const [cls, fromConfig] = known;
  return {
    inner: fromConfig(cls, inner.config) as unknown as Optimizer,
    groups,
    options: options as unknown as GroupLassoOptions,
  };
}
