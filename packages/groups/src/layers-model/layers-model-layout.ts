import { isRecord, kindOf } from '../check-layout.ts';
import { GroupError } from '../error.ts';
import { layoutFromParts } from '../layout-json.ts';
import { isDimensionName } from '../names.ts';
import type { Layout } from '../types.ts';
import type { LayerVariableLike, LayersModelLike } from './model-like.ts';
import type { DraftAxis, DraftWeight, Records } from './rules.ts';
import { fix, rootOf, type Features, type Span } from './spans.ts';
import { outsideFeatures, walkModel } from './walk.ts';

/**
 * Derives the layout of a TensorFlow.js `LayersModel` from its graph. Weights have the names of their `tf.Variable`s,
 * which optimizers see; dimensions have the names of the layers that write them (`name/forward` and `name/backward` in
 * a `Bidirectional`).
 *
 * Understood are Embedding, LSTM, GRU, SimpleRNN, Bidirectional of these with every merge mode, Dense,
 * TimeDistributed Dense, Concatenate, Add and the other elementwise merges, dropout, elementwise activations, pooling
 * and repeating over time, models inside models, and shared layers. Anything else may use its inputs in any way, so their dimensions
 * become fixed widths, as do the inputs and the outputs of the model: no dimension of the layout is one whose loss
 * somebody outside could notice. A weight that is not trainable is `[unpenalised]`.
 *
 * @throws {@link GroupError} if `model` is no built `LayersModel` or has no weights.
 */
export function layersModelLayout(model: LayersModelLike): Layout {
  requireModel(model);
  const records: Records = new Map();
  walkModel(model, outsideFeatures(model.inputs), records).forEach(fix);

  const drafts = new Map<LayerVariableLike, DraftWeight>();
  for (const record of records.values()) {
    for (const draft of record.weights) drafts.set(draft.variable, draft);
  }
  const names = nameSpans([...drafts.values()]);
  const trainable = new Set(model.trainableWeights);
  const weights: Record<string, string> = {};
  for (const variable of model.weights) {
    const draft = drafts.get(variable);
    const text = draft === undefined ? fixedText(variable) : draftText(draft, names);
    weights[variable.name] = text + attributes(draft?.lookup === true, trainable.has(variable));
  }
  const dims = Object.fromEntries([...names].map(([span, name]) => [name, span.size]));
  return layoutFromParts({ dims, weights }, 'layersModelLayout');
}

function requireModel(model: LayersModelLike): void {
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

/** Gives every dimension that can change its size a unique name that the notation can hold. */
function nameSpans(drafts: readonly DraftWeight[]): Map<Span, string> {
  const names = new Map<Span, string>();
  const taken = new Set<string>();
  for (const { reads, writes } of drafts) {
    for (const { features } of [...reads, ...writes]) {
      for (const root of features.map(rootOf)) {
        if (root.fixed || names.has(root)) continue;
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
  const sum = joinFixed(features, names).join(' + ');
  return times === 1 ? sum : `${times}*(${sum})`;
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

function attributes(lookup: boolean, trainable: boolean): string {
  const found = [];
  if (lookup) found.push('lookup');
  if (!trainable) found.push('unpenalised');
  return found.length === 0 ? '' : ` [${found.join(', ')}]`;
}
