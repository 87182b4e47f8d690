import {
  checkShapes,
  layoutFromJson,
  layoutToJson,
  recurrentDims,
  type Layout,
  type Weights,
} from '@secateur/groups';
import { namesText, parseJson } from '@secateur/input';
import { prune, report, torchEqualDims } from '@secateur/pruner';
import { linkParts, partsOf } from '@secateur/pruner/names';
import {
  decodeSafetensors,
  encodeAs,
  encodeSafetensors,
  floatTensors,
  type SafetensorsFile,
  type SafetensorsInput,
} from '@secateur/safetensors';
import { choose } from './choose.ts';
import { FileError, smallName, type Given, type Opened } from './opened.ts';

/** Reads a safetensors file; its layout is in its metadata, or shows in names and shapes as PyTorch and Keras give them. */
export function openSafetensors({ name, bytes }: Given): Opened {
  const file = decodeSafetensors(bytes);
  const weights = floatTensors(file, name);
  const { layout, notes, title } = layoutOf(weights, file.metadata);
  const dims = recurrentDims(layout);
  return {
    ...{ title, name, bytes: bytes.length, layout, weights, dims, notes },
    smaller(share) {
      const { kept, exact } = choose(weights, layout, dims, torchEqualDims(layout), share);
      const cut = prune(weights, layout, kept);
      const tensors = Object.entries(file.tensors).map(
        ([key, tensor]): [string, SafetensorsInput] => {
          const now = cut.weights[key];
          if (now === undefined || String(now.shape) === String(tensor.shape)) return [key, tensor];
          return [key, encodeAs(now, tensor.dtype)];
        },
      );
      const encoded = encodeSafetensors(Object.fromEntries(tensors), metadataOf(file, cut.layout));
      return {
        files: [{ name: smallName(name), bytes: Uint8Array.from(encoded) }],
        report: report(layout, cut.layout),
        exact,
      };
    },
  };
}

/** What the file said beside its weights, with the layout that is true now. */
function metadataOf({ metadata }: SafetensorsFile, layout: Layout): Record<string, string> {
  const ours = metadata['secateur'] === undefined ? {} : parseOurs(metadata['secateur']);
  return { ...metadata, secateur: JSON.stringify({ ...ours, layout: layoutToJson(layout) }) };
}

function parseOurs(text: string): { readonly layout?: unknown } {
  try {
    return (parseJson(text) ?? {}) as { readonly layout?: unknown };
  } catch (cause) {
    throw new FileError('The metadata "secateur" of the file is no JSON: the file is damaged.', {
      cause,
    });
  }
}

function layoutOf(
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
): { layout: Layout; notes: readonly string[]; title: string } {
  const names = Object.keys(weights);
  const ours = metadata['secateur'];
  if (ours !== undefined) {
    const { layout: json } = parseOurs(ours);
    if (json !== undefined) {
      const layout = layoutFromJson(json);
      checkShapes(layout, Object.fromEntries(names.map((name) => [name, weights[name]!.shape])));
      return { layout, notes: [], title: 'safetensors file of Secateur' };
    }
  }
  const parts = partsOf(weights);
  if (parts.parts.every(({ kind }) => kind !== 'recurrent')) {
    throw new FileError(
      `Expected names of an LSTM or GRU as PyTorch (weight_ih_l0) or Keras (lstm/recurrent_kernel) give them, found ${namesText(names)}.`,
    );
  }
  const { layout, notes } = linkParts(parts, weights);
  return { layout, notes, title: `safetensors file with the names of ${parts.dialect}` };
}
