import {
  parseWeight,
  recurrentWeights,
  type DescribedRecurrent,
  type LayerDescription,
  type NamedArray,
  type WeightExpression,
  type Weights,
} from '@secateur/groups';
import { rootOf, type DenseDraft, type Dim, type Draft, type RecurrentDraft } from './draft.ts';

/** Layers as descriptions, the sizes of their dimensions, and their weights. */
export interface Described {
  readonly layers: readonly LayerDescription[];
  readonly dims: Readonly<Record<string, number>>;
  readonly weights: Weights;
}

const weightOf = (text: string): WeightExpression => parseWeight(text, 'fromOnnx');

/** Describes the layers that were found; `names` gives dimensions other names than their own. */
export function describeDrafts(
  drafts: readonly Draft[],
  names: ReadonlyMap<string, string>,
): Described {
  const dims: Record<string, number> = {};
  const weights: Record<string, NamedArray> = {};
  const text = (dim: Dim): string => {
    const root = rootOf(dim);
    const name = names.get(root.name) ?? root.name;
    dims[name] = root.size;
    return name;
  };
  const side = (all: readonly Dim[]): string => all.map(text).join(' + ');

  const recurrent = (draft: RecurrentDraft): DescribedRecurrent => {
    const { name, part, input, units } = draft;
    for (const [key, value] of Object.entries(part.weights)) weights[`${name}/${key}`] = value;
    const options = { name, input: side(input), units: text(units) };
    return {
      ...{ kind: 'recurrent', name, cell: part.cell, order: part.order, settings: {} },
      ...{ units: options.units, weights: recurrentWeights(part.cell, options, 'fromOnnx') },
    };
  };
  const dense = (draft: DenseDraft): LayerDescription => {
    const { name, input, output, tiedTo } = draft;
    const [reads, writes] = [side(input), text(output)];
    const kernel = tiedTo ?? `${name}/kernel`;
    if (draft.kernel !== undefined) weights[kernel] = draft.kernel;
    const bias = draft.bias && `${name}/bias`;
    if (bias !== undefined) weights[bias] = draft.bias!;
    return {
      ...{ kind: 'dense', name, kernel, transposed: tiedTo !== undefined },
      ...(bias !== undefined && { bias }),
      weights: {
        [kernel]: weightOf(
          tiedTo === undefined ? `${reads} -> ${writes}` : `${writes} <- ${reads}`,
        ),
        ...(bias !== undefined && { [bias]: weightOf(`-> ${writes}`) }),
      },
    };
  };
  const layers = drafts.map((draft): LayerDescription => {
    if (draft.kind === 'recurrent') return recurrent(draft);
    if (draft.kind === 'dense') return dense(draft);
    if (draft.kind === 'embedding') {
      const { name, table, vocab, width } = draft;
      weights[name] = table;
      const expression = weightOf(`${text(vocab)} -> ${text(width)} [lookup]`);
      return { kind: 'embedding', name, weights: { [name]: expression } };
    }
    const [forward, backward] = [recurrent(draft.forward), recurrent(draft.backward)];
    const name = `${forward.name} and ${backward.name}`;
    const both = { ...forward.weights, ...backward.weights };
    return { kind: 'bidirectional', name, forward, backward, weights: both };
  });
  return { layers, dims, weights };
}
