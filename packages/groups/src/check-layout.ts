import { isRecord, shown } from '@secateur/input';
import { argumentError } from './error.ts';
import { entryOf } from './names.ts';
import type { Layout, Shapes } from './types.ts';

/** Throws unless `layout` looks like a parsed layout, so that its JSON or its text is not passed by mistake. */
export function requireLayout(layout: Layout, caller: string): void {
  if (isGraphModel(layout)) throw argumentError(`${caller}: expected a layout, ${GRAPH_MODEL}`);
  const { dims, weights } = isRecord(layout) ? layout : {};
  const parsed =
    isRecord(dims) &&
    isRecord(weights) &&
    Object.values(weights).every((weight) => isRecord(weight) && Array.isArray(weight['axes']));
  if (!parsed) {
    const actual = isLayersModel(layout)
      ? 'a tf.LayersModel; make its layout with layersModelLayout'
      : `${kindOf(layout)}; make one with parseLayout or layoutFromJson`;
    throw argumentError(`${caller}: expected a layout, found ${actual}`);
  }
}

/** What to say of a `tf.GraphModel` that stands where a layout or a `tf.LayersModel` should. */
export const GRAPH_MODEL =
  'found a tf.GraphModel, which is a graph of operations without layers and cannot be trained; convert the Keras model with tensorflowjs_converter --output_format=tfjs_layers_model, load it with tf.loadLayersModel, and pass that to layersModelLayout';

/** Whether `value` is a `tf.GraphModel`. */
export function isGraphModel(value: unknown): boolean {
  // Its properties are getters that fail before it is loaded, so they are not read.
  return isRecord(value) && 'modelVersion' in value && 'inputNodes' in value;
}

function isLayersModel(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value['layers']) && 'trainableWeights' in value;
}

/** The size of a dimension; a GroupError that names the nearest one, or says that the width is fixed. */
export function dimensionSize(layout: Layout, name: string, caller: string): number {
  if (layout.fixed !== undefined && Object.hasOwn(layout.fixed, name)) {
    throw argumentError(
      `${caller}: expected a dimension of the layout, found the fixed width "${name}"; leave it out, or declare it under dims`,
    );
  }
  return entryOf(layout.dims, name, `${caller}: expected a dimension of the layout`);
}

/** Throws unless `dims` can be sizes by dimension. */
export function requireSizes(dims: unknown, caller: string): void {
  if (!isRecord(dims)) {
    throw argumentError(`${caller}: expected sizes by dimension as dims, found ${kindOf(dims)}`);
  }
}

/** Throws unless `shapes` is a record of lists of whole sizes. */
export function requireShapes(shapes: Shapes, caller: string): void {
  if (!isRecord(shapes)) {
    throw argumentError(`${caller}: expected shapes by weight name, found ${kindOf(shapes)}`);
  }
  for (const [name, shape] of Object.entries(shapes)) {
    const valid =
      Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size >= 0);
    if (!valid) {
      throw argumentError(
        `${caller}: expected a list of whole sizes as the shape of "${name}", found ${shown(shape)}`,
      );
    }
  }
}

/** What a value is, in words for a message. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'another object' : typeof value;
}
