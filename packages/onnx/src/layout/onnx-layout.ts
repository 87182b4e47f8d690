import type { ModelProto } from 'onnx-buf';
import type { Layout } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError } from '../error.ts';
import { derive, type StateSizes } from './derive.ts';

/** Options of {@link onnxLayout}. */
export interface OnnxLayoutOptions {
  /** Whether to say which recurrent nodes keep their units and why; default false. */
  readonly explain?: boolean;
  /**
   * Whether states that are inputs and outputs of the model may change their size with the units: `'symbolic'` (default)
   * where the file declares no number for it or is one of {@link toOnnx}, whose states {@link zeroStates} gives; `'resize'` always,
   * `'keep'` never.
   */
  readonly states?: StateSizes;
}

/** A layout with what a reader should know of it. */
export interface ExplainedOnnxLayout {
  /** The layout. */
  readonly layout: Layout;
  /** Sets of dimensions that must keep one size, such as the two directions of a layer. */
  readonly equal: readonly (readonly string[])[];
  /** One sentence for each recurrent node that keeps its units: which node, why, and what is in the way. */
  readonly notes: readonly string[];
}

/**
 * Derives the layout of an ONNX model from its graph. Weights have the names of their constants (initializers, or what a
 * Constant node gives); where the two directions of a recurrent node have units of their own, a weight `w` is two,
 * `w/forward` and `w/backward`. Dimensions have the names of the nodes that give them.
 *
 * Understood are LSTM, GRU and RNN in every form, products, convolutions over all channels, elementwise operators,
 * normalization by channel, look-ups, slicing, joining, transposing and reshaping that keep features together, If, Loop and Scan,
 * and what exporters write to compute shapes. Anything else may use its inputs in any way, so their widths are fixed, as are the inputs
 * and the outputs of the model: no dimension of the layout is one whose loss somebody outside could notice. States are the
 * exception that `states` allows. With `explain` it says which recurrent nodes keep their units and why.
 *
 * @throws {@link OnnxError} for a graph that names what it does not have, or whose constants are not as they say.
 *
 * @example
 * ```ts
 * import { gruLayer, sequence } from '@secateur/cells';
 * import { onnxLayout, toOnnx } from '@secateur/onnx';
 *
 * const net = sequence(
 *   gruLayer('gru1', { input: 'features', units: 'h1' }),
 *   gruLayer('gru2', { input: 'h1', units: 'h2' }),
 * );
 * const dims = { features: 3, h1: 4, h2: 2 };
 * const model = toOnnx(net, { weights: net.init(dims, 1), layout: net.layout(dims) });
 * const { layout, notes } = onnxLayout(model, { explain: true });
 * layout.dims; // => { 'gru1/Y': 4 }
 * notes; // => ['"gru2/Y" (GRU) keeps its units: the output "y" of the model holds them']
 * ```
 */
export function onnxLayout(
  model: ModelProto,
  options: OnnxLayoutOptions & { readonly explain: true },
): ExplainedOnnxLayout;
export function onnxLayout(
  model: ModelProto,
  options?: OnnxLayoutOptions & { readonly explain?: false },
): Layout;
export function onnxLayout(
  model: ModelProto,
  options: OnnxLayoutOptions = {},
): Layout | ExplainedOnnxLayout {
  checkOptions('onnxLayout', options, { explain: true, states: true }, argumentError);
  const { explain = false, states = 'symbolic' } = options;
  if (!['symbolic', 'resize', 'keep'].includes(states)) {
    throw argumentError(
      `onnxLayout: expected states as 'symbolic', 'resize' or 'keep', found ${String(states)}.`,
    );
  }
  const { layout, equal, notes } = derive(model, states);
  return explain ? { layout, equal, notes } : layout;
}
