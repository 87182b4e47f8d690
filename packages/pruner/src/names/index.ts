/**
 * What the names and shapes of weights show, as PyTorch, Keras and Secateur give them: layers, and how they hang together.
 * @packageDocumentation
 */
export { layoutFromNames, type LayoutFromNamesOptions } from './layout-from-names.ts';
export { partsOf } from './parts-of.ts';
export { kerasParts, type Facts } from './keras-parts.ts';
export { linkParts, orderIn, type Advice, type Linked, type LinkOptions } from './link-parts.ts';
export type { Dialect, OwnCell, OwnLayer, Part, Parts } from './part.ts';
