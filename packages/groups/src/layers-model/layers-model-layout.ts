import { checkOptions, isRecord } from '@secateur/input';
import { GRAPH_MODEL, isGraphModel, kindOf } from '../check-layout.ts';
import { argumentError, modelError } from '../error.ts';
import { layoutOfWeights } from '../build-layout.ts';
import { isDimensionName } from '../names.ts';
import {
  dimensionAxis,
  fixedAxis,
  repeatAxis,
  sumAxes,
  weightExpression,
} from '../notation/expression.ts';
import { formatAxis } from '../notation/format.ts';
import type { AxisExpression, Layout, WeightExpression } from '../types.ts';
import { once, sizesOf, type DraftAxis, type DraftWeight, type Records } from './layer-facts.ts';
import type { LayerVariableLike, LayersModelLike } from './model-like.ts';
import { layoutNotes } from './notes.ts';
import { fix, fixedFeatures, rootOf, type FeatureAxis, type SymbolicDim } from './symbolic-dims.ts';
import { outsideFeatures, walkModel } from './walk.ts';

/** Options of {@link layersModelLayout}. */
export interface LayersModelLayoutOptions {
  /** Whether to say which recurrent layers were not offered for pruning and why; default false. */
  readonly explain?: boolean;
}

/** A layout with what a reader should know of it. */
export interface ExplainedLayout {
  /** The layout. */
  readonly layout: Layout;
  /** One sentence for each dimension that is not offered: which layer, why, and which layer is in the way. */
  readonly notes: readonly string[];
}

/**
 * Derives the layout of a TensorFlow.js `LayersModel` from its graph. Weights have the names of their `tf.Variable`s,
 * which optimizers see; dimensions have the names of the layers that write them (`name/forward` and `name/backward` in
 * a `Bidirectional`, `name/cell1` and so on for several cells in one `RNN`).
 *
 * Understood are Embedding, LSTM, GRU, `ResetAfterGRU` of `@secateur/cells/layers`, SimpleRNN, RNN of their cells and of stacks of them, Bidirectional of these with
 * every merge mode, Dense, Conv1D, BatchNormalization and PReLU, TimeDistributed Dense, Concatenate, Add and the other
 * elementwise merges, Flatten, Reshape and Permute that keep features together, dropout, elementwise activations,
 * pooling and repeating over time, models inside models, and shared layers. Anything else may use its inputs in any way,
 * so their dimensions become fixed widths, as do the inputs and the outputs of the model: no dimension of the layout is
 * one whose loss somebody outside could notice. A weight that is not trainable is `[frozen]`.
 *
 * With `explain` it says which recurrent layers were not offered and why.
 *
 * @throws {@link GroupError} if `model` is no built `LayersModel` or has no weights.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { formatWeight, layersModelLayout } from '@secateur/groups';
 *
 * const tagger = sequential();
 * const recurrentInitializer = 'glorotUniform';
 * tagger.add(layers.lstm({ name: 'reader', units: 3, inputShape: [5, 2], recurrentInitializer }));
 * tagger.add(layers.dense({ name: 'tags', units: 4 }));
 * const layout = layersModelLayout(tagger);
 * layout.dims; // => { reader: 3 }
 * formatWeight(layout.weights['tags/kernel']!); // => reader -> 4
 * tagger.dispose();
 * ```
 */
export function layersModelLayout(
  model: LayersModelLike,
  options: LayersModelLayoutOptions & { readonly explain: true },
): ExplainedLayout;
export function layersModelLayout(
  model: LayersModelLike,
  options?: LayersModelLayoutOptions & { readonly explain?: false },
): Layout;
export function layersModelLayout(
  model: LayersModelLike,
  options: LayersModelLayoutOptions = {},
): Layout | ExplainedLayout {
  checkOptions('layersModelLayout', options, { explain: true }, argumentError);
  const { explain = false } = options;
  requireModel(model);
  const records: Records = { layers: new Map(), twins: [] };
  for (const output of walkModel(model, outsideFeatures(model.inputs), records)) {
    fix(output, 'an output of the model');
  }
  fixTwins(records);

  const drafts = new Map<LayerVariableLike, DraftWeight>();
  for (const record of records.layers.values()) {
    for (const draft of record.weights) drafts.set(draft.variable, draft);
  }
  const names = nameDims([...drafts.values()]);
  const trainable = new Set(model.trainableWeights);
  const weights: Record<string, WeightExpression> = {};
  for (const variable of model.weights) {
    const frozen = !trainable.has(variable);
    weights[variable.name] = expressionOf(
      drafts.get(variable) ?? fixedDraft(variable),
      names,
      frozen,
    );
  }
  const dims = Object.fromEntries([...names].map(([dim, name]) => [name, dim.size]));
  const layout = layoutOfWeights(weights, dims, 'layersModelLayout');
  return explain ? { layout, notes: layoutNotes(model, records, layout) } : layout;
}

function requireModel(model: LayersModelLike): void {
  if (isGraphModel(model)) {
    throw modelError(`layersModelLayout: expected a built tf.LayersModel, ${GRAPH_MODEL}`);
  }
  const candidate = isRecord(model) ? (model as Partial<LayersModelLike>) : {};
  const { inputs, outputs, weights, trainableWeights } = candidate;
  if (![inputs, outputs, weights, trainableWeights].every(Array.isArray)) {
    throw modelError(
      `layersModelLayout: expected a built tf.LayersModel, found ${kindOf(model)}; give the first layer an inputShape or call build()`,
    );
  }
  if (weights!.length === 0) {
    throw modelError('layersModelLayout: expected a model with weights, found none; add a layer');
  }
}

/** Where one of two that must have one size can never change, the other cannot either; which may be one of two itself. */
function fixTwins({ twins }: Records): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const { user, pair } of twins) {
      const [one, other] = pair.map((features) => rootOf(features[0]!));
      if ((one!.fixed === undefined) === (other!.fixed === undefined)) continue;
      const reason = one!.fixed ?? other!.fixed!;
      fix(pair.flat(), `${user} has one size for both directions, of which one is ${reason}`);
      changed = true;
    }
  }
}

/** Gives every dimension that can change its size a unique name that the notation can hold. */
function nameDims(drafts: readonly DraftWeight[]): Map<SymbolicDim, string> {
  const names = new Map<SymbolicDim, string>();
  const taken = new Set<string>();
  for (const { reads, writes } of drafts) {
    for (const { features } of [...reads, ...writes]) {
      for (const root of features.map(rootOf)) {
        if (root.fixed !== undefined || names.has(root)) continue;
        const base = spellName(root.name);
        let name = base;
        for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
        taken.add(name);
        names.set(root, name);
      }
    }
  }
  return names;
}

function spellName(name: string): string {
  if (isDimensionName(name)) return name;
  const plain = name.replace(/[^\w./:@$]/g, '_');
  return isDimensionName(plain) ? plain : `_${plain}`;
}

function expressionOf(
  { variable, reads, writes, lookup = false, penalized = true }: DraftWeight,
  names: ReadonlyMap<SymbolicDim, string>,
  frozen: boolean,
): WeightExpression {
  const axesOf = (drafts: readonly DraftAxis[]): AxisExpression[] =>
    drafts.map((draft) => axisOf(draft, names));
  return weightExpression(axesOf(reads), '->', axesOf(writes), {
    lookup,
    frozen,
    penalized: penalized && variable.shape.length > 1,
  });
}

function axisOf(
  { features, times }: DraftAxis,
  names: ReadonlyMap<SymbolicDim, string>,
): AxisExpression {
  const terms = joinFixed(features, names);
  const period = periodOf(terms.map(formatAxis));
  return repeatAxis((times * terms.length) / period, sumAxes(terms.slice(0, period)));
}

/** Length of the shortest part that the whole list repeats: positions laid side by side have the same features. */
function periodOf(terms: readonly string[]): number {
  for (let period = 1; period <= terms.length / 2; period++) {
    if (terms.length % period !== 0) continue;
    if (terms.every((term, i) => term === terms[i % period])) return period;
  }
  return terms.length;
}

/** The terms of a sum, with neighbouring fixed widths as one. */
function joinFixed(
  features: FeatureAxis,
  names: ReadonlyMap<SymbolicDim, string>,
): AxisExpression[] {
  const terms: AxisExpression[] = [];
  for (const dim of features) {
    const name = names.get(rootOf(dim));
    const last = terms.at(-1);
    if (name !== undefined) terms.push(dimensionAxis(name));
    else if (last?.kind === 'fixed') terms[terms.length - 1] = fixedAxis(last.size + dim.size);
    else terms.push(fixedAxis(dim.size));
  }
  return terms;
}

/** A weight that no rule knows: plain sizes, the last axis as the output. */
function fixedDraft(variable: LayerVariableLike): DraftWeight {
  const axes = sizesOf(variable).map((size) => once(fixedFeatures(size, 'it is not known')));
  return { variable, reads: axes.slice(0, -1), writes: axes.slice(-1) };
}
