import {
  checkShapes,
  layoutFromJson,
  layoutToJson,
  recurrentDims,
  type Layout,
  type Weights,
} from '@secateur/groups';
import { namesText, parseJson, sentence } from '@secateur/input';
import { prune, report, torchEqualDims } from '@secateur/pruner';
import { linkParts, orderIn, partsOf, type Advice, type Parts } from '@secateur/pruner/names';
import {
  decodeSafetensors,
  encodeAs,
  encodeSafetensors,
  floatTensors,
  type SafetensorsFile,
  type SafetensorsInput,
} from '@secateur/safetensors';
import { CommandError } from '../command-error.ts';
import { messageOf } from '../message-of.ts';
import { chainOf } from '../network/chain.ts';
import { chainRunner } from '../network/run-chain.ts';
import { chooseComponents, historyEntry } from './choose.ts';
import { readUserFile } from './detect.ts';
import type { ModelFile } from './model-file.ts';
import { writeOutput } from './output.ts';
import { checkMetadata, checkOrder, type Metadata } from './own-metadata.ts';
import type { GivenLayout } from './parse-layout.ts';

/** Everything a safetensors file is written from. */
interface Contents {
  readonly path: string;
  readonly bytes: number;
  readonly weights: Weights;
  readonly layout: Layout;
  readonly order: readonly string[] | undefined;
  readonly notes: readonly string[];
  readonly parts: Parts;
  readonly file: SafetensorsFile;
  readonly metadata: Metadata;
}

/**
 * Reads a safetensors file. Its layout is the one given, that in its metadata, or what names and shapes show.
 *
 * @throws CommandError when the file is damaged, or the layout does not fit it.
 */
export function openWeightsFile(path: string, given?: GivenLayout): ModelFile {
  const bytes = readUserFile(path);
  const file = decoded(path, bytes);
  const weights = floats(path, file);
  const metadata = metadataOf(path, file);
  const parts = partsOf(weights, metadata.facts);
  if (metadata.order !== undefined) checkOrder(path, metadata.order, parts);
  const { layout, order, notes } = layoutOf(weights, parts, metadata, given);
  return weightsModel({
    ...{ path, bytes: bytes.length, weights, layout, order, notes, parts, file, metadata },
  });
}

function decoded(path: string, bytes: Uint8Array): SafetensorsFile {
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    throw new CommandError(
      `expected a whole safetensors file as "${path}", found: ${sentence(messageOf(cause))} Write or download it again.`,
      { cause },
    );
  }
}

function floats(path: string, file: SafetensorsFile): Weights {
  try {
    return floatTensors(file, `"${path}"`);
  } catch (cause) {
    throw new CommandError(messageOf(cause), { cause });
  }
}

function metadataOf(path: string, { metadata }: SafetensorsFile): Metadata {
  const text = metadata['secateur'];
  if (text === undefined) return {};
  let json: unknown;
  try {
    json = parseJson(text) ?? {};
  } catch (cause) {
    throw new CommandError(
      `expected JSON as the metadata "secateur" of "${path}", found: ${messageOf(cause)}; the file is damaged.`,
      { cause },
    );
  }
  return checkMetadata(path, json);
}

function layoutOf(
  weights: Weights,
  parts: Parts,
  metadata: Metadata,
  given: GivenLayout | undefined,
): { layout: Layout; order: readonly string[] | undefined; notes: readonly string[] } {
  if (given?.kind === 'chain') return linkParts(parts, weights, { order: given.order, advice });
  const known =
    given?.layout ?? (metadata.layout === undefined ? undefined : layoutFromJson(metadata.layout));
  if (known !== undefined) {
    const shapes = Object.fromEntries(
      Object.entries(weights).map(([name, { shape }]) => [name, shape]),
    );
    checkShapes(known, shapes);
    return { layout: known, order: metadata.order ?? orderIn(known, parts), notes: [] };
  }
  if (parts.parts.every(({ kind }) => kind !== 'recurrent')) {
    throw new CommandError(
      `expected the names of an nn.LSTM or nn.GRU of PyTorch (weight_ih_l0), of Keras (lstm/recurrent_kernel) or of Secateur (lstm1/recurrent), found ${namesText(Object.keys(weights))}; say what reads and writes what in a JSON file: --layout FILE.json.`,
    );
  }
  return linkParts(parts, weights, { advice });
}

/** What notes tell the user of the command to type. */
const advice: Advice = {
  order: (names) => `--layout chain:${names.join(',')}`,
  layout: '--layout FILE.json',
};

function weightsModel(contents: Contents): ModelFile {
  const { path, bytes, weights, layout, order, notes, parts } = contents;
  const units = parts.parts.flatMap((part) =>
    part.kind === 'recurrent' ? Object.keys(part.dims) : [],
  );
  const recurrent = recurrentDims(layout);
  const dims = Object.keys(layout.dims).filter(
    (dim) => recurrent.includes(dim) || units.includes(dim),
  );
  const model: ModelFile = {
    ...{ path, bytes, weights, layout, notes, dims, equal: torchEqualDims(layout) },
    title: `safetensors file with the names of ${parts.dialect}`,
    smaller(options) {
      const { kept, exact } = chooseComponents(model, options);
      const cut = prune(weights, layout, kept);
      const history = [...(contents.metadata.history ?? []), historyEntry(layout, kept, exact)];
      const metadata = { ...contents.metadata, history };
      const next = { ...contents, ...cut, metadata, parts: partsOf(cut.weights, metadata.facts) };
      const encoded = encode(next).length;
      return Promise.resolve({
        model: weightsModel({ ...next, bytes: encoded }),
        report: report(layout, cut.layout),
        exact,
      });
    },
    chain: () => chainOf(parts, order, weights),
    // A promise, so that what is thrown rejects it.
    runner: () => Promise.resolve().then(() => chainRunner(model.chain())),
    save: (out) => Promise.resolve().then(() => writeOutput(out, encode(contents))),
  };
  return model;
}

/** The bytes of the file, each tensor in the type that it had. */
function encode({ weights, layout, order, file, metadata }: Contents): Uint8Array {
  const tensors: Record<string, SafetensorsInput> = {};
  for (const [name, tensor] of Object.entries(file.tensors)) {
    tensors[name] = name in weights ? encodeAs(weights[name]!, tensor.dtype) : tensor;
  }
  const ours: Metadata = {
    ...metadata,
    layout: layoutToJson(layout),
    ...(order === undefined ? {} : { order }),
  };
  return encodeSafetensors(tensors, { ...file.metadata, secateur: JSON.stringify(ours) });
}
