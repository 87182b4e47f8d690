import { recurrentDims } from '@secateur/groups';
import {
  decodeOnnx,
  encodeOnnx,
  fromOnnx,
  onnxLayout,
  onnxWeights,
  pruneOnnx,
  toOnnx,
  withFloat16Constants,
  type FromOnnx,
  type StateSizes,
} from '@secateur/onnx';
import { CommandError } from '../command-error.ts';
import { messageOf } from '../message-of.ts';
import { chainOfNetwork, describeChain, type Chain } from '../network/chain.ts';
import { chainRunner } from '../network/run-chain.ts';
import { requireDims } from './choose.ts';
import { readUserFile } from './detect.ts';
import type { ModelFile } from './model-file.ts';
import { findRuntime, networkRunner, graphRunner } from './onnx-runtime.ts';
import { writeOutput } from './output.ts';

type Model = ReturnType<typeof decodeOnnx>;

/** Reads an ONNX file; what runs it is onnxruntime-node of the user's folder, where that has it. */
export function openOnnx(path: string, folder: string, states: StateSizes = 'symbolic'): ModelFile {
  // A copy that is no Buffer, whose slices would share its memory.
  return onnxFile(path, Uint8Array.from(readUserFile(path)), { folder, states }, []);
}

function onnxFile(
  path: string,
  bytes: Uint8Array,
  settings: { readonly folder: string; readonly states: StateSizes },
  before: readonly string[],
): ModelFile {
  const { folder, states } = settings;
  const model = decodeOnnx(bytes);
  const { layout, equal, notes: found } = onnxLayout(model, { explain: true, states });
  const notes = found.map((note) => note.replace('pass states: "resize"', 'give --states resize'));
  const recurrent = recurrentDims(layout);
  // One that must be as large as something that cannot change cannot either.
  const torn = equal.filter((set) => set.some((dim) => !recurrent.includes(dim)));
  const dims = recurrent.filter((dim) => !torn.some((set) => set.includes(dim)));
  const file: ModelFile = {
    ...{ path, bytes: bytes.length, layout, dims, equal, notes: [...before, ...notes] },
    title: `ONNX file of ${model.producerName || 'an unknown program'}`,
    weights: onnxWeights(model),
    smaller({ target, roundTo, atLeast, dims: wanted }) {
      requireDims(wanted ?? dims, dims, file.notes);
      const pruned = pruneOnnx(bytes, {
        ...target,
        states,
        ...(wanted === undefined ? {} : { dims: wanted }),
        ...(roundTo === undefined ? {} : { roundTo }),
        ...(atLeast === undefined ? {} : { atLeast }),
      });
      const changes = pruned.changed.map(
        ({ kind, name, before: was, after }) =>
          `the ${kind} "${name}" is ${sizes(after)} now, before ${sizes(was)}: whoever runs the model must know`,
      );
      const smaller = onnxFile(path, pruned.bytes, settings, changes);
      const report = { ...pruned.report, notes: [...changes, ...pruned.report.notes] };
      return Promise.resolve({ model: smaller, report, exact: pruned.exact });
    },
    chain: () => chainOfNetwork(networkOf(model)),
    get notInChain() {
      const network = tried(() => networkOf(model));
      return typeof network === 'string' ? undefined : leftOut(network);
    },
    async toOnnx() {
      const network = networkOf(model);
      return Promise.resolve(encodeOnnx(toOnnx(network, network, network)));
    },
    async runner() {
      const network = tried(() => networkOf(model));
      const runtime = await findRuntime(folder);
      if (runtime !== undefined) {
        const session = await runtime.open(bytes);
        return typeof network === 'string'
          ? graphRunner(model, session)
          : networkRunner(network, model, session);
      }
      if (
        typeof network === 'string' ||
        network.input.timeFirst ||
        network.output.timeFirst ||
        leftOut(network) !== undefined
      ) {
        throw new CommandError(
          'expected onnxruntime-node in this folder to run the ONNX file, found none; npm install onnxruntime-node.',
        );
      }
      return chainRunner(chainOfNetwork(network));
    },
    save: (out) => Promise.resolve().then(() => writeOutput(out, bytes)),
  };
  return file;
}

const sizes = (axes: readonly (number | null)[]): string =>
  `[${axes.map((size) => size ?? 'any').join(', ')}]`;

function networkOf(model: Model): FromOnnx {
  try {
    return fromOnnx(model);
  } catch (cause) {
    throw new CommandError(
      `expected layers that follow each other, found others: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** What a file makes of the outputs of its layers, which a chain of layers does not say. */
function leftOut({ outputs, last }: FromOnnx): string | undefined {
  const softmax = { logits: [], softmax: ['the softmax'], logSoftmax: ['the log softmax'] };
  const found = [...softmax[outputs], ...(last ? ['that it gives the last step only'] : [])];
  return found.length === 0 ? undefined : found.join(', and ');
}

function tried<T>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    return messageOf(error);
  }
}

/** Writes a model as an ONNX file: by its own means, or as a chain. */
export async function writeOnnx(
  out: string,
  model: ModelFile,
  { float16 }: { readonly float16: boolean },
): Promise<void> {
  const bytes = model.toOnnx === undefined ? chainToOnnx(model.chain()) : await model.toOnnx();
  writeOutput(out, float16 ? encodeOnnx(withFloat16Constants(decodeOnnx(bytes))) : bytes);
}

function chainToOnnx(chain: Chain): Uint8Array {
  const { network, weights, layout } = describeChain(chain);
  return encodeOnnx(toOnnx(network, { weights, layout }));
}
