import { checkOptions, namesText, type OptionNames } from '@secateur/input';
import type { ModelProto } from 'onnx-buf';
import { recurrentDims, resizeLayout, type CostTarget, type Layout } from '@secateur/groups';
import {
  chooseKept,
  findRemovable,
  report,
  type Kept,
  type KeptCost,
  type PruneReport,
} from '@secateur/pruner';
import { argumentError, modelError } from '../error.ts';
import { forgetLayout } from '../export/metadata.ts';
import { decodeOnnx, encodeOnnx } from '../file/model.ts';
import { derive, type Derived, type StateSizes } from '../layout/derive.ts';
import { weightsOf } from '../layout/onnx-weights.ts';
import { applyKept, sizesOfKept, type ChangedEnd } from './apply.ts';
import { checkPruned } from './check.ts';

/**
 * Settings of {@link pruneOnnx}: nothing to remove what is dead, or one of `macs`, `parameters`, `bytes` and `units` to remove
 * weak components too, until that is met.
 */
export interface PruneOnnxOptions extends Omit<CostTarget, 'equal'> {
  /** Dimensions of {@link onnxLayout} that may lose components; default the units of the recurrent nodes. */
  readonly dims?: readonly string[];
  /** With a target: sizes become multiples of it, such as 4; default 1. */
  readonly roundTo?: number;
  /** Components to keep in each dimension, 1 or more; default 1. */
  readonly atLeast?: number;
  /** Without a target: entries of at most this size count as zero; default 0, which alone is exact. */
  readonly tolerance?: number;
  /** With a target: the norm of every component, by dimension; default their norms in these weights. */
  readonly norms?: Readonly<Record<string, ArrayLike<number>>>;
  /** What to keep, by dimension, where something else has chosen it. */
  readonly kept?: Kept;
  /** Whether states that are inputs and outputs may change their size; see {@link onnxLayout}. */
  readonly states?: StateSizes;
}

const pruneOnnxNames: OptionNames<PruneOnnxOptions> = {
  macs: true,
  parameters: true,
  bytes: true,
  units: true,
  dims: true,
  roundTo: true,
  atLeast: true,
  tolerance: true,
  norms: true,
  kept: true,
  states: true,
};

/** A model after {@link pruneOnnx}. */
export interface PrunedOnnx {
  /** The new file. */
  readonly bytes: Uint8Array;
  /** The layout of the new file, with the names of the old one. */
  readonly layout: Layout;
  /** The indices that were kept, for each dimension looked at. */
  readonly kept: Kept;
  /** Whether every output stays what it was, but for rounding. */
  readonly exact: boolean;
  /** What it cost and costs, with a target. */
  readonly cost?: KeptCost;
  /** Sizes, parameters and multiply-adds before and after, and which nodes keep their units. */
  readonly report: PruneReport;
  /** Inputs and outputs of the model that have another shape now: states, whose size whoever runs the model must know. */
  readonly changed: readonly ChangedEnd[];
}

const targets = ['macs', 'parameters', 'bytes', 'units'] as const;

/**
 * Removes units from the recurrent nodes of an ONNX model, given as a file or as its messages, and returns a new file.
 *
 * Without a target it removes what is dead, which changes no output. With one, weak components go as well, and the outputs
 * change; {@link verifyOnnx} measures how much. Constants, sizes in the graph and declared shapes shrink; every other node,
 * name, text and field is written as it was read. The result is followed again: if any size in it is not the one meant, there
 * is an error and no file.
 *
 * @throws {@link OnnxError} for a file that is damaged or has no recurrent node that can lose units.
 * @throws PrunerError of `@secateur/pruner` for a target that cannot be met and settings that are out of range.
 *
 * @example
 * ```ts
 * import { denseLayer, gruLayer, sequence } from '@secateur/cells';
 * import { pruneOnnx, toOnnx } from '@secateur/onnx';
 *
 * const net = sequence(
 *   gruLayer('gru1', { input: 'features', units: 'h1' }),
 *   denseLayer('out', { input: 'h1', output: 'classes' }),
 * );
 * const dims = { features: 3, h1: 4, classes: 2 };
 * const weights = net.init(dims, 1);
 * // As training with the group Lasso may leave them: nothing reads the first two units.
 * weights['gru1/recurrent']!.data.fill(0, 0, 2 * 12);
 * weights['out/kernel']!.data.fill(0, 0, 2 * 2);
 * const { kept, exact, report } = pruneOnnx(toOnnx(net, { weights, layout: net.layout(dims) }));
 * kept; // => { 'gru1/Y': [2, 3] }
 * exact; // => true
 * report.macs.before; // => 92
 * report.macs.after; // => 34
 * ```
 */
export function pruneOnnx(
  model: ModelProto | Uint8Array,
  options: PruneOnnxOptions = {},
): PrunedOnnx {
  checkOptions('pruneOnnx', options, pruneOnnxNames, argumentError);
  const { states = 'symbolic', atLeast = 1, ...choice } = options;
  if (!(atLeast >= 1)) {
    throw argumentError(
      `pruneOnnx: expected atLeast as a whole number of 1 or more, found ${atLeast}; runtimes refuse layers without units.`,
    );
  }
  // A copy of its own, so that whatever fails leaves the caller's model as it was.
  const own = decodeOnnx(model instanceof Uint8Array ? model : encodeOnnx(model));
  if (own.trainingInfo.length > 0) {
    throw modelError(
      'pruneOnnx: expected a model to run, found one with graphs to train it; export it without them.',
    );
  }
  const derived = derive(own, states);
  const { kept, exact, cost } = choose(derived, choice, atLeast);
  const sizeAfter = sizesOfKept(derived, kept);
  const changed = applyKept(derived, kept);
  if (changes(kept, derived.layout)) forgetLayout(own);
  const bytes = encodeOnnx(own);
  checkPruned(derived, sizeAfter, decodeOnnx(bytes));
  const { layout, notes } = derived;
  const lengths = Object.entries(kept).map(([dim, indices]) => [dim, indices.length] as const);
  const smaller = resizeLayout(layout, { ...layout.dims, ...Object.fromEntries(lengths) });
  return {
    ...{ bytes, layout: smaller, kept, exact, changed },
    ...(cost && { cost }),
    report: report(layout, smaller, { notes }),
  };
}

/** Whether any dimension becomes smaller. */
const changes = (kept: Kept, { dims }: Layout): boolean =>
  Object.entries(kept).some(([dim, { length }]) => length < dims[dim]!);

/** What to keep, and whether anybody can tell the difference. */
function choose(
  derived: Derived,
  { kept, tolerance = 0, ...target }: Omit<PruneOnnxOptions, 'states' | 'atLeast'>,
  atLeast: number,
): { kept: Kept; exact: boolean; cost?: KeptCost } {
  const { layout, equal: all, notes } = derived;
  const weights = weightsOf(derived);
  const dims = target.dims ?? prunable(derived);
  if (dims.length === 0) {
    throw modelError(
      `pruneOnnx: expected a recurrent node that can lose units, found none${notes.length === 0 ? '' : `: ${notes.join('; ')}`}`,
    );
  }
  const equal = all.filter((set) => set.some((dim) => dims.includes(dim)));
  if (kept !== undefined) {
    checkKept(kept, layout);
    return { kept, exact: false };
  }
  if (targets.some((each) => target[each] !== undefined)) {
    return chooseKept(weights, layout, { ...target, ...{ dims, equal, atLeast } });
  }
  return findRemovable(weights, layout, { ...{ dims, equal, atLeast, tolerance } });
}

function checkKept(kept: Kept, { dims }: Layout): void {
  for (const [dim, indices] of Object.entries(kept)) {
    const size = Object.hasOwn(dims, dim) ? dims[dim]! : 0;
    const fits = indices.every(
      (index, i) => Number.isInteger(index) && index > (indices[i - 1] ?? -1) && index < size,
    );
    if (!fits || indices.length === 0) {
      throw argumentError(
        `pruneOnnx: expected ascending indices below the size of a dimension (${Object.keys(dims).join(', ')}), at least one, found ${namesText(indices, 8)} for "${dim}".`,
      );
    }
  }
}

/** The units of recurrent nodes, but for those that must be as many as something else that is none. */
function prunable({ layout, equal }: Derived): string[] {
  const dims = recurrentDims(layout);
  const torn = equal.filter((set) => set.some((dim) => !dims.includes(dim)));
  return dims.filter((dim) => !torn.some((set) => set.includes(dim)));
}
