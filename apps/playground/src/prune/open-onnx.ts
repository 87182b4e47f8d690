import { recurrentDims } from '@secateur/groups';
import { decodeOnnx, onnxLayout, onnxWeights, pruneOnnx } from '@secateur/onnx';
import { FileError, smallName, type Given, type Opened } from './opened.ts';

/** Reads an ONNX file. */
export function openOnnx({ name, bytes }: Given): Opened {
  const model = decodeOnnx(bytes);
  const { layout, equal, notes } = onnxLayout(model, { explain: true });
  const recurrent = recurrentDims(layout);
  // One that must be as large as something that cannot change cannot either.
  const torn = equal.filter((set) => set.some((dim) => !recurrent.includes(dim)));
  const dims = recurrent.filter((dim) => !torn.some((set) => set.includes(dim)));
  return {
    ...{ title: `ONNX file of ${model.producerName || 'an unknown program'}`, name },
    ...{ bytes: bytes.length, layout, weights: onnxWeights(model), dims, notes },
    smaller(share) {
      if (dims.length === 0) throw new FileError('Nothing in this file can be pruned.');
      const found = pruneOnnx(bytes, share === null ? {} : { macs: share });
      const changes = found.changed.map(
        ({ kind, name: end }) =>
          `The ${kind} "${end}" has another size now: whoever runs it must know.`,
      );
      return {
        files: [{ name: smallName(name), bytes: Uint8Array.from(found.bytes) }],
        report: { ...found.report, notes: [...changes, ...found.report.notes] },
        exact: found.exact,
      };
    },
  };
}
