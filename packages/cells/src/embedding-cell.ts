import type { Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import { embeddingLayout, type EmbeddingLayoutOptions, type Layout } from '@secateur/groups';
import { cellVariables, type WeightSource } from './cell-variables.ts';
import { embedding } from './embedding.ts';

/** What {@link embeddingCell} is told. */
export interface EmbeddingCellOptions extends EmbeddingLayoutOptions {
  /** First values of the table, the weight called `name`. */
  readonly init: WeightSource;
}

/** An embedding table with its variable. */
export interface EmbeddingCell {
  /** The table by name, which is also the variable's name. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** Which dimensions the axes of the table read and write. */
  readonly layout: Layout;
  /** Looks up `ids [batch, time]` int32 and returns `[batch, time, width]`. */
  call(ids: Tensor2D): Tensor3D;
  /** Releases the variable. */
  dispose(): void;
}

/** Makes an embedding that owns one variable, called `name`. */
export function embeddingCell(options: EmbeddingCellOptions): EmbeddingCell {
  const { name, vocab, width, dims, init } = options;
  const layout = embeddingLayout({ name, vocab, width, dims });
  const variables = cellVariables('embeddingCell', layout, init);
  const table = variables[name] as Variable as Tensor2D;
  return {
    variables,
    layout,
    call: (ids) => embedding(ids, table),
    dispose: () => table.dispose(),
  };
}
