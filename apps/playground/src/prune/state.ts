import { batch, computed, signal } from '@preact/signals';
import { countMacs, describeLayout } from '@secateur/groups';
import { componentStrengths, findRemovable } from '@secateur/pruner';
import { save } from '../save.ts';
import { zip } from '../zip.ts';
import { openFiles } from './open.ts';
import type { Given, Opened, Smaller } from './opened.ts';

/** What was read last; a file that cannot be read leaves it. */
export const opened = signal<Opened | null>(null);
/** Percent of the multiply-adds that may be left; null takes out only what nothing reads. */
export const share = signal<number | null>(null);
/** Why the last file could not be read. */
export const trouble = signal<string | null>(null);
export const reading = signal(false);

/** A layer of the file: a dimension that can be pruned, with the norms of its components, the largest first. */
export interface Dimension {
  readonly name: string;
  readonly norms: Float64Array;
  readonly dead: number;
}

export const dimensions = computed<readonly Dimension[]>(() => {
  const model = opened.value;
  if (model === null) return [];
  return model.dims
    .filter((dim) => isRead(model, dim))
    .map((name) => ({
      name,
      norms: componentStrengths(model.weights, model.layout, name).sort((a, b) => b - a),
      dead: deadOf(model, name),
    }));
});

/** Whether all weights of a dimension were read; those inside of a branch of an ONNX graph are not. */
const isRead = ({ layout, weights }: Opened, dim: string): boolean =>
  Object.entries(layout.weights).every(
    ([weight, { axes }]) =>
      Object.hasOwn(weights, weight) ||
      !axes.some(({ segments }) => segments.some((segment) => segment.dim === dim)),
  );

function deadOf({ layout, weights }: Opened, dim: string): number {
  try {
    return findRemovable(weights, layout, { dims: [dim] }).removed[dim]!.length;
  } catch {
    // Another dimension has weights that were not read.
    return 0;
  }
}

/** Rows of a table of weights: name, axes, shape, parameters, multiply-adds. */
export const table = computed<string>(() =>
  opened.value === null ? '' : describeLayout(opened.value.layout),
);

export const macs = computed(() => (opened.value === null ? 0 : countMacs(opened.value.layout)));

/** The smaller model, or why there is none. */
export const smaller = computed<Smaller | string | null>(() => {
  const model = opened.value;
  if (model === null) return null;
  try {
    return model.smaller(share.value === null ? null : share.value / 100);
  } catch (error) {
    return messageOf(error);
  }
});

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Reads files, in this page and nowhere else. */
export async function give(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  reading.value = true;
  try {
    const given = await Promise.all(
      files.map(async (file): Promise<Given> => ({
        name: file.name,
        bytes: new Uint8Array(await file.arrayBuffer()),
      })),
    );
    const found = openFiles(given);
    batch(() => {
      opened.value = found;
      share.value = null;
      trouble.value = null;
    });
  } catch (error) {
    trouble.value = `${files.map(({ name }) => name).join(', ')} could not be read. ${messageOf(error)}`;
  } finally {
    reading.value = false;
  }
}

/** Saves the smaller model. */
export function saveSmaller(): void {
  const found = smaller.value;
  if (found === null || typeof found === 'string') return;
  const [first] = found.files;
  if (found.files.length === 1) save(first!.name, 'application/octet-stream', first!.bytes);
  else save('model-small.zip', 'application/zip', zip(found.files));
}
