import { statSync } from 'node:fs';
import { join } from 'node:path';
import { shown } from '@secateur/input';
import { formatWeight, type Layout, type Weights } from '@secateur/groups';

/**
 * Throws unless a saved model has the weights, the notation and the sizes of the layout that its network runs.
 *
 * @throws Error naming the first weight that differs.
 */
export function requireLayoutOf(directory: string, found: Layout, expected: Layout): void {
  const names = new Set([...Object.keys(expected.weights), ...Object.keys(found.weights)]);
  for (const name of names) {
    const [there, here] = [describe(expected, name), describe(found, name)];
    if (there === here) continue;
    throw new Error(
      `${directory}: expected ${shown(name)} as ${there}, which this network runs, found ${here}; give the model folder of a run.`,
    );
  }
}

function describe(layout: Layout, name: string): string {
  if (!Object.hasOwn(layout.weights, name)) return 'no weight';
  const weight = layout.weights[name]!;
  return `${shown(formatWeight(weight))} of shape [${weight.axes.map((axis) => axis.size).join(', ')}]`;
}

/**
 * Throws unless all weights are finite: the scores of others are NaN, and no component of theirs is dead.
 *
 * @throws Error naming the first weight with NaN or Infinity.
 */
export function requireFinite(directory: string, weights: Weights): void {
  for (const [name, { data }] of Object.entries(weights)) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    throw new Error(
      `${directory}: expected finite weights, found ${data[at]} at place ${at} of ${shown(name)}; the training diverged, so train anew with a smaller learning rate or a clip.`,
    );
  }
}

/**
 * The size of a dimension or a fixed width of a saved model.
 *
 * @throws Error when its layout has none of this name.
 */
export function sizeOf(directory: string, layout: Layout, name: string): number {
  const sizes: Readonly<Record<string, number>> = { ...layout.fixed, ...layout.dims };
  if (Object.hasOwn(sizes, name)) return sizes[name]!;
  throw new Error(
    `${directory}: expected the dimension ${shown(name)} in the layout, which this network has, found ${shown(Object.keys(sizes), 80)}; give the model folder of a run.`,
  );
}

/**
 * Throws where a model that learned from files would be measured on the embedded data, because nobody says `--data`. `learned` is its
 * folder, null for the embedded data; models of the first versions do not say.
 */
export function requireData(
  directory: string,
  learned: string | null | undefined,
  given: string | undefined,
): void {
  if (typeof learned !== 'string' || given !== undefined) return;
  throw new Error(
    `--data: expected a folder beside ${directory}, which learned from ${shown(learned)}, found none; give that folder, or another one.`,
  );
}

/** Bytes of the weights of a saved model. */
export const weightBytes = (directory: string): number =>
  statSync(join(directory, 'model.safetensors')).size;
