import { countMacs, countParameters, type Layout } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError } from './pruner-error.ts';
import { torchNotes } from './torch/one-size.ts';

/** One quantity on both sides of a pruning. */
export interface Change {
  /** Before. */
  readonly before: number;
  /** After. */
  readonly after: number;
  /** `before / after`: how many times smaller it became; Infinity when nothing is left. */
  readonly ratio: number;
}

/** What a pruning changed. */
export interface PruneReport {
  /** Components of each dimension, in the order of the layout. */
  readonly sizes: Readonly<Record<string, Change>>;
  /** Values in all weights, biases included. */
  readonly parameters: Change;
  /** Multiply-adds per token; looked-up embeddings and biases cost none. */
  readonly macs: Change;
  /**
   * What a reader should know besides: components that a stock layer made us keep, sizes that a module of PyTorch cannot
   * load, and what to do about them.
   */
  readonly notes: readonly string[];
}

/**
 * Compares the layouts of a network before and after pruning. Weights with the names of an `nn.LSTM` or `nn.GRU` get a note
 * when no such module can load them, as one has a single size for all its layers and directions.
 *
 * @example
 * ```ts
 * import { parseLayout, resizeLayout } from '@secateur/groups';
 * import { report } from '@secateur/pruner';
 *
 * const before = parseLayout('dims h = 4 \n up  3 -> h \n bias  -> h \n down  h -> 1');
 * const after = resizeLayout(before, { h: 2 });
 * const { sizes, parameters, macs } = report(before, after);
 * sizes; // => { h: { before: 4, after: 2, ratio: 2 } }
 * parameters; // => { before: 20, after: 10, ratio: 2 }
 * macs.after; // => 8
 * ```
 */
export function report(
  before: Layout,
  after: Layout,
  options: { readonly notes?: readonly string[] } = {},
): PruneReport {
  checkOptions('report', options, { notes: true }, argumentError);
  const sizes: Record<string, Change> = {};
  for (const [dim, size] of Object.entries(before.dims)) {
    const left = after.dims[dim];
    if (left === undefined || left > size) {
      throw argumentError(
        `report: expected dimension "${dim}" (${size} before) in the layout after, and no larger, found ${left ?? 'none'}; pass the layouts of the same network, before first.`,
      );
    }
    sizes[dim] = change(size, left);
  }
  return {
    sizes,
    parameters: change(countParameters(before), countParameters(after)),
    macs: change(countMacs(before), countMacs(after)),
    notes: [...(options.notes ?? []), ...torchNotes(after)],
  };
}

/**
 * Prints a report as an aligned table of plain text, with its notes below.
 *
 * @example
 * ```ts
 * import { parseLayout, resizeLayout } from '@secateur/groups';
 * import { formatReport, report } from '@secateur/pruner';
 *
 * const before = parseLayout('dims h = 400 \n up  3 -> h \n down  h -> 1');
 * const text = formatReport(report(before, resizeLayout(before, { h: 100 })));
 * const lines = text.split('\n');
 * lines[0]; // => '               before  after   kept  ratio'
 * lines[2]; // => 'parameters      1,600    400  25.0%  4.00x'
 * ```
 */
export function formatReport(report: PruneReport): string {
  const rows = [['', 'before', 'after', 'kept', 'ratio']];
  for (const [dim, size] of Object.entries(report.sizes)) rows.push(row(dim, size));
  rows.push(row('parameters', report.parameters), row('multiply-adds', report.macs));
  const widths = rows[0]!.map((_, column) =>
    rows.reduce((most, cells) => Math.max(most, cells[column]!.length), 0),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...report.notes.map((note) => `note: ${note}`)].join('\n');
}

function change(before: number, after: number): Change {
  return { before, after, ratio: before === after ? 1 : before / after };
}

function row(name: string, { before, after, ratio }: Change): string[] {
  const share = before === 0 ? 100 : (100 * after) / before;
  const times = Number.isFinite(ratio) ? `${ratio.toFixed(2)}x` : '-';
  return [name, grouped(before), grouped(after), `${share.toFixed(1)}%`, times];
}

/** Thousands parted by commas, the same in every locale. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
