import { GRAPH_MODEL, isGraphModel, isRecord, kindOf } from '../check-layout.ts';
import { GroupError } from '../error.ts';
import { layoutFromParts } from '../layout-json.ts';
import { isDimensionName } from '../names.ts';
import type { Layout } from '../types.ts';
import type { DraftAxis, DraftWeight, Records } from './layer-facts.ts';
import type { LayerVariableLike, LayersModelLike } from './model-like.ts';
import { layoutNotes } from './notes.ts';
import { fix, rootOf, type Features, type Span } from './spans.ts';
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
  { explain = false }: LayersModelLayoutOptions = {},
): Layout | ExplainedLayout {
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
  const names = nameSpans([...drafts.values()]);
  const trainable = new Set(model.trainableWeights);
  const weights: Record<string, string> = {};
  for (const variable of model.weights) {
    const draft = drafts.get(variable);
    const text = draft === undefined ? fixedText(variable) : draftText(draft, names);
    weights[variable.name] = text + attributes(draft, trainable.has(variable));
  }
  const dims = Object.fromEntries([...names].map(([span, name]) => [name, span.size]));
  const layout = layoutFromParts({ dims, weights }, 'layersModelLayout');
  return explain ? { layout, notes: layoutNotes(model, records, layout) } : layout;
}

function requireModel(model: LayersModelLike): void {
  if (isGraphModel(model)) {
    throw new GroupError(`layersModelLayout: expected a built tf.LayersModel, ${GRAPH_MODEL}`);
  }
  const found = isRecord(model) ? (model as Partial<LayersModelLike>) : {};
  const { inputs, outputs, weights, trainableWeights } = found;
  if (![inputs, outputs, weights, trainableWeights].every(Array.isArray)) {
    throw new GroupError(
      `layersModelLayout: expected a built tf.LayersModel, found ${kindOf(model)}; give the first layer an inputShape or call build()`,
    );
  }
  if (weights!.length === 0) {
    throw new GroupError(
      'layersModelLayout: expected a model with weights, found none; add a layer',
    );
  }
}

/** Where one of two that must have one size can never change, the other cannot either; which may be one of two itself. */
function fixTwins({ twins }: Records): void {
  for (let found = true; found;) {
    found = false;
    for (const { user, pair } of twins) {
      const [one, other] = pair.map((features) => rootOf(features[0]!));
      if ((one!.fixed === undefined) === (other!.fixed === undefined)) continue;
      const reason = one!.fixed ?? other!.fixed!;
      fix(pair.flat(), `${user} has one size for both directions, of which one is ${reason}`);
      found = true;
    }
  }
}

/** Gives every dimension that can change its size a unique name that the notation can hold. */
function nameSpans(drafts: readonly DraftWeight[]): Map<Span, string> {
  const names = new Map<Span, string>();
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

function draftText(draft: DraftWeight, names: ReadonlyMap<Span, string>): string {
  const side = (axes: readonly DraftAxis[]): string =>
    axes.map((axis) => axisText(axis, names)).join(', ');
  return `${side(draft.reads)} -> ${side(draft.writes)}`;
}

function axisText({ features, times }: DraftAxis, names: ReadonlyMap<Span, string>): string {
  const terms = joinFixed(features, names);
  const period = periodOf(terms);
  const sum = terms.slice(0, period).join(' + ');
  const copies = (times * terms.length) / period;
  return copies === 1 ? sum : `${copies}*(${sum})`;
}

/** Length of the shortest part that the whole list repeats: positions laid side by side have the same features. */
function periodOf(terms: readonly (string | number)[]): number {
  for (let period = 1; period <= terms.length / 2; period++) {
    if (terms.length % period !== 0) continue;
    if (terms.every((term, i) => term === terms[i % period])) return period;
  }
  return terms.length;
}

/** The terms of a sum, with neighbouring fixed widths as one number. */
function joinFixed(features: Features, names: ReadonlyMap<Span, string>): (string | number)[] {
  const terms: (string | number)[] = [];
  for (const span of features) {
    const name = names.get(rootOf(span));
    const last = terms.at(-1);
    if (name !== undefined) terms.push(name);
    else if (typeof last === 'number') terms[terms.length - 1] = last + span.size;
    else terms.push(span.size);
  }
  return terms;
}

/** A weight that no rule knows: plain sizes, the last axis as the output. */
function fixedText(variable: LayerVariableLike): string {
  const sizes = variable.shape.map(String);
  return `${sizes.slice(0, -1).join(', ')} -> ${sizes.slice(-1).join('')}`;
}

function attributes(draft: DraftWeight | undefined, trainable: boolean): string {
  const found = [];
  if (draft?.lookup === true) found.push('lookup');
  if (!trainable) found.push('frozen');
  else if (draft?.penalized === false && draft.variable.shape.length > 1) found.push('unpenalized');
  return found.length === 0 ? '' : ` [${found.join(', ')}]`;
}
