import { nearest } from '@secateur/input';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sliceOutside, type GroupSet, type Slice } from '@secateur/groups';
import { argumentError, variablesError } from './error.ts';

/** Checks what can be checked of group sets before any weight exists. */
export function checkGroups(groups: readonly GroupSet[], where: string): void {
  if (!Array.isArray(groups) || groups.length === 0) {
    throw argumentError(
      `${where}: expected a list of at least one group set, found ${Array.isArray(groups) ? 'none' : String(groups)}; without groups there is no penalty, so take issGroups(layout) of a layout with a recurrent dimension. For a tf.LayersModel, layersModelLayout(model, { explain: true }).notes says why it has none.`,
    );
  }
  const names = new Set<string>();
  for (const set of groups) {
    if (typeof set?.name !== 'string' || names.has(set.name)) {
      throw argumentError(
        `${where}: expected each group set to have a name of its own, found ${JSON.stringify(set?.name)}${names.has(set?.name) ? ' twice' : ''}; rename one.`,
      );
    }
    names.add(set.name);
    if (!Number.isInteger(set.count) || set.count < 1) {
      throw argumentError(
        `${where}: expected group set "${set.name}" to count at least one component, found ${String(set.count)}; leave the set out or keep a component.`,
      );
    }
    if (!Array.isArray(set.slices) || set.slices.length === 0) {
      throw argumentError(
        `${where}: expected group set "${set.name}" to have slices, found none; a set that touches no weight penalizes nothing, so remove it.`,
      );
    }
    for (const slice of set.slices) checkSlice(slice, set.name, where);
  }
}

function checkSlice(slice: Slice, set: string, where: string): void {
  const { weight, axis, start, multiplier } = slice;
  const fits =
    typeof weight === 'string' &&
    Number.isInteger(axis) &&
    axis >= 0 &&
    Number.isInteger(start) &&
    start >= 0 &&
    typeof multiplier === 'number' &&
    multiplier > 0 &&
    multiplier < Infinity;
  if (fits) return;
  throw argumentError(
    `${where}: expected slices { weight, axis >= 0, start >= 0, multiplier > 0 }, found ${JSON.stringify(slice)} in group set "${set}"; build the groups with @secateur/groups.`,
  );
}

/**
 * Checks that every slice names a weight of `shapes` and lies inside it. Called again whenever shapes change, since a
 * group that matches nothing would be a penalty that is silently off.
 */
export function checkSlices(
  groups: readonly GroupSet[],
  shapes: Readonly<Record<string, readonly number[]>>,
  where: string,
): void {
  for (const set of groups) {
    const slice = sliceOutside(set, shapes);
    if (slice === undefined) continue;
    const { weight, axis, start } = slice;
    if (!Object.hasOwn(shapes, weight)) {
      const similar = nearest(weight, Object.keys(shapes));
      const found =
        similar === undefined ? 'no variables at all' : `"${similar}" as the nearest name`;
      throw variablesError(
        `${where}: expected a variable named "${weight}" (group set "${set.name}"), found ${found}; give groups and variables the same names, and create the variables first.`,
      );
    }
    const range = `indices ${start} to ${start + set.count - 1} on axis ${axis}`;
    throw variablesError(
      `${where}: expected weight "${weight}" to have ${range} (group set "${set.name}"), found shape [${shapes[weight]!.join(', ')}]; were the groups built for another hidden size?`,
    );
  }
}

/**
 * Checks that a step has a gradient for every weight of the groups; one of zeros will do. Groups made from another model
 * with the same layer names fit its weights, which still exist, but these are not trained.
 */
export function checkGradients(
  groups: readonly GroupSet[],
  gradients: ReadonlyMap<string, Tensor | undefined>,
): void {
  for (const set of groups) {
    const missing = set.slices.find(({ weight }) => gradients.get(weight) === undefined);
    if (missing === undefined) continue;
    const trained = [...gradients].flatMap(([name, gradient]) => (gradient ? [name] : []));
    const similar = nearest(missing.weight, trained);
    const found =
      similar === undefined ? 'none at all' : `"${similar}" as the nearest that has one`;
    throw variablesError(
      `applyGradients: expected a gradient for "${missing.weight}" (group set "${set.name}"), found ${found}; make the groups from the model that is trained, after loading and freezing. If a step trains only a part of the weights, pass missingGradients: 'ignore'.`,
    );
  }
}
