import type { decodeOnnx } from '@secateur/onnx';
import type { Layout, Weights } from '@secateur/groups';
type Model = ReturnType<typeof decodeOnnx>;
/**
 * The values of the weights that a layout of `onnxLayout` names; those that lie inside of a branch or in another file are left out.
 * A weight of two directions is two, `w/forward` and `w/backward`.
 */
export declare function onnxWeights({ graph }: Model, layout: Layout): Weights;
export {};
