import { recurrentDims } from '@secateur/groups';
import {
  decodeOnnx,
  onnxLayout,
  onnxWeights,
  pruneOnnx,
  type ExplainedOnnxLayout,
} from '@secateur/onnx';
import { FileError, smallName, type Given, type Opened } from './opened.ts';

/**
 * Reads an ONNX file. States that it takes and gives keep their sizes where the file declares them, unless nothing could be pruned
 * then: a note says that they change.
 */
export function openOnnx({ name, bytes }: Given): Opened {
  const model = decodeOnnx(bytes);
  const strict = dimsOf(onnxLayout(model, { explain: true }));
  const resized = dimsOf(onnxLayout(model, { explain: true, states: 'resize' }));
  const resizes = strict.dims.length === 0 && resized.dims.length > 0;
  const states = resizes ? 'resize' : 'symbolic';
  const { dims, layout, notes: found } = resizes ? resized : strict;
  const notes = resizes
    ? [...found, 'The states that it takes and gives get as small as the layers they belong to.']
    : found;
  return {
    ...{ title: `ONNX file of ${model.producerName || 'an unknown program'}`, name },
    ...{ bytes: bytes.length, layout, weights: onnxWeights(model), dims, notes },
    smaller(share) {
      if (dims.length === 0) throw new FileError('Nothing in this file can be pruned.');
      const pruned = pruneOnnx(bytes, share === null ? { states } : { states, macs: share });
      const changes = pruned.changed.map(
        ({ kind, name: end }) =>
          `The ${kind} "${end}" has another size now: whoever runs it must know.`,
      );
      return {
        files: [{ name: smallName(name), bytes: Uint8Array.from(pruned.bytes) }],
        report: { ...pruned.report, notes: [...changes, ...pruned.report.notes] },
        exact: pruned.exact,
      };
    },
  };
}

/** The dimensions that can be pruned. */
function dimsOf(explained: ExplainedOnnxLayout): ExplainedOnnxLayout & { readonly dims: string[] } {
  const recurrent = recurrentDims(explained.layout);
  // One that must be as large as something that cannot change cannot either.
  const torn = explained.equal.filter((set) => set.some((dim) => !recurrent.includes(dim)));
  const dims = recurrent.filter((dim) => !torn.some((set) => set.includes(dim)));
  return { ...explained, dims };
}
