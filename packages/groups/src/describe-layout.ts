import { requireLayout } from './check-layout.ts';
import { countMacs, countParameters, weightMacs, weightParameters } from './count.ts';
import { checkGroupSet, groupSize } from './group-size.ts';
import { frozenReaders, issGroups, recurrentDims } from './iss-groups.ts';
import { formatWeight } from './notation/format.ts';
import { layoutShapes } from './shapes.ts';
import type { GroupSet, Layout, Shapes } from './types.ts';

/**
 * A table for a person: every dimension with its size and, if it is recurrent, the size of one of its groups, or why it
 * has none (`unpenalized`, or `frozen` where a frozen weight reads it); every fixed width that has a name; every weight with its axes, shape, parameters and multiply-adds; the totals.
 *
 * @example
 * ```ts
 * import { describeLayout, layoutFromJson } from '@secateur/groups';
 *
 * const layout = layoutFromJson({ dims: { h1: 3 }, weights: { recurrent: 'h1 -> 4*h1' } });
 * const lines = describeLayout(layout).split('\n');
 * lines[1]!.split(/ {2,}/); // => ['h1', '3', '24']
 * lines[4]!.split(/ {2,}/); // => ['recurrent', 'h1 -> 4*h1', '3 x 12', '36', '36']
 * ```
 */
export function describeLayout(layout: Layout): string {
  requireLayout(layout, 'describeLayout');
  const shapes = layoutShapes(layout);
  const recurrent = new Set(recurrentDims(layout));
  const dims = Object.entries(layout.dims).map(([name, size]) => [
    name,
    number(size),
    recurrent.has(name) ? groupSizeText(layout, name, shapes) : '-',
  ]);
  const fixed = Object.entries(layout.fixed ?? {}).map(([name, size]) => [
    name,
    number(size),
    'fixed',
  ]);
  const weights = Object.entries(layout.weights).map(([name, weight]) => [
    name,
    formatWeight(weight),
    shapeText(shapes[name]!),
    number(weightParameters(weight)),
    number(weightMacs(weight)),
  ]);
  weights.push(['total', '', '', number(countParameters(layout)), number(countMacs(layout))]);
  return [
    table([['dimension', 'size', 'group size'], ...dims, ...fixed], [1, 2]),
    '',
    table([['weight', 'axes', 'shape', 'parameters', 'multiply-adds'], ...weights], [3, 4]),
    '',
  ].join('\n');
}

/**
 * A table for a person: every group set with its number of components, the size of one group, and the slices that
 * component `k` consists of.
 *
 * @example
 * ```ts
 * import { describeGroups, issGroups, layoutFromJson, layoutShapes } from '@secateur/groups';
 *
 * const layout = layoutFromJson({ dims: { h1: 3 }, weights: { recurrent: 'h1 -> 2*h1' } });
 * const lines = describeGroups(issGroups(layout), layoutShapes(layout)).split('\n');
 * lines[1]!.split(/ {2,}/); // => ['h1', '3', '12', 'recurrent [k, :]']
 * lines[2]!.trim(); // => recurrent [:, k], [:, 3 + k]
 * ```
 */
export function describeGroups(sets: readonly GroupSet[], shapes: Shapes): string {
  const rows = sets.flatMap((set) => {
    checkGroupSet(set, shapes, 'describeGroups');
    const head = [set.name, number(set.count), number(groupSize(set, shapes))];
    return sliceTexts(set, shapes).map((text, i) => [...(i === 0 ? head : ['', '', '']), text]);
  });
  return `${table([['group set', 'components', 'group size', 'component k'], ...rows], [1, 2])}\n`;
}

function groupSizeText(layout: Layout, dim: string, shapes: Shapes): string {
  const penalized = Object.values(layout.weights).some(
    (weight) =>
      weight.penalized &&
      weight.axes.some((axis) => axis.segments.some((part) => part.dim === dim)),
  );
  if (!penalized) return 'unpenalized';
  if (frozenReaders(layout, dim).length > 0) return 'frozen';
  return number(groupSize(issGroups(layout, { dims: [dim] })[0]!, shapes));
}

/** One line for each weight, axis and multiplier: `lstm1/kernel [:, k], [:, 1500 + k]`. */
function sliceTexts(set: GroupSet, shapes: Shapes): string[] {
  const lines = new Map<string, string>();
  for (const { weight, axis, start, multiplier } of set.slices) {
    const index = shapes[weight]!.map((_, i) => {
      if (i !== axis) return ':';
      return start === 0 ? 'k' : `${start} + k`;
    });
    const scale = multiplier === 1 ? '' : ` x ${multiplier}`;
    const key = JSON.stringify([weight, axis, multiplier]);
    const before = lines.get(key);
    const text = `[${index.join(', ')}]${scale}`;
    lines.set(key, before === undefined ? `${weight} ${text}` : `${before}, ${text}`);
  }
  return [...lines.values()];
}

function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join(' x ');
}

function number(value: number): string {
  return value.toLocaleString('en-GB');
}

/** Columns side by side; those in `right` are aligned to the right. */
function table(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column]!;
          return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
