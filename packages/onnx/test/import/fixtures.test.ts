import type { LayerDescription } from '@secateur/groups';
import { decodeOnnx, encodeOnnx, fromOnnx, OnnxError, toOnnx } from '@secateur/onnx';
import { expectAllClose } from '@secateur/testing';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { corpus, fixture } from '../corpus.ts';
import { floats } from '../support/run-onnx.ts';

const [BATCH, TIME] = [2, 5];

/** The files that our layers compute, and what they are. */
const readable: Readonly<Record<string, string>> = {
  'torch-dynamo-gru-both': 'embedding, both, both, dense',
  'torch-dynamo-gru-stacked': 'embedding, gru, gru, dense',
  'torch-dynamo-gru-states': 'gru, dense',
  'torch-dynamo-lstm-both': 'embedding, both, both, dense',
  'torch-dynamo-lstm-stacked': 'embedding, lstm, lstm, dense',
  'torch-dynamo-lstm-states': 'lstm, dense',
  'torch-dynamo-lstm-states-2': 'lstm, lstm, dense',
  'torch-dynamo-zeros': 'lstm, lstm, dense',
  'torch-script-gru-both': 'embedding, both, both, dense',
  'torch-script-gru-stacked': 'embedding, gru, gru, dense',
  'torch-script-gru-states': 'gru, dense',
  'torch-script-lstm-both': 'embedding, both, both, dense',
  'torch-script-lstm-stacked': 'embedding, lstm, lstm, dense',
  'torch-script-lstm-states': 'lstm, dense',
  'torch-script-lstm-states-2': 'lstm, lstm, dense',
  'torch-script-zeros': 'lstm, lstm, dense',
};

function kindOf(layer: LayerDescription): string {
  if (layer.kind === 'recurrent') return layer.cell.name;
  return layer.kind === 'bidirectional' ? 'both' : layer.kind;
}

/** Runs a file on a given input, other inputs being zeros. */
async function run(
  bytes: Uint8Array,
  name: string,
  given: ort.Tensor,
): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const feeds: Record<string, ort.Tensor> = { [name]: given };
  for (const [place, other] of session.inputNames.entries()) {
    if (other === name) continue;
    const { shape } = session.inputMetadata[place] as { shape: readonly (number | string)[] };
    const dims = shape.map((size, axis) =>
      typeof size === 'number' ? size : axis === 1 ? BATCH : 1,
    );
    const size = dims.reduce((product, length) => product * length, 1);
    feeds[other] = new ort.Tensor('float32', new Float32Array(size), dims);
  }
  const found = await session.run(feeds);
  await session.release();
  return found;
}

/** Swaps the first two axes of rows of a width. */
function swapped(data: Float32Array, [first, second]: readonly [number, number]): Float32Array {
  const width = data.length / (first * second);
  const rows = Array.from({ length: first * second }, (_, k) => {
    const from = (k % first) * second + Math.floor(k / first);
    return [...data.subarray(from * width, (from + 1) * width)];
  });
  return Float32Array.from(rows.flat());
}

test.each(Object.entries(readable))(
  '%s is read as %s and computes the same',
  async (name, kinds) => {
    const bytes = fixture(name);
    const read = fromOnnx(decodeOnnx(bytes));
    expect(read.layers.map(kindOf).join(', ')).toBe(kinds);
    const { input, output, last } = read;
    const rows: [number, number] = input.timeFirst ? [TIME, BATCH] : [BATCH, TIME];
    const table = read.layers[0]!.kind === 'embedding';
    const width = table ? 1 : Object.values(read.weights)[0]!.shape[0]!;
    const values = table
      ? Float32Array.from({ length: BATCH * TIME }, (_, k) => (3 * k + 1) % 7)
      : floats([...rows, width], 9).data;
    const ours = input.timeFirst ? swapped(values, [TIME, BATCH]) : values;
    const [theirInput, ourInput] = table
      ? [
          new ort.Tensor('int64', BigInt64Array.from([...values].map(BigInt)), rows),
          new ort.Tensor('int32', Int32Array.from(ours), [BATCH, TIME]),
        ]
      : [
          new ort.Tensor('float32', values, [...rows, width]),
          new ort.Tensor('float32', ours, [BATCH, TIME, width]),
        ];
    const theirs = await run(bytes, input.name, theirInput!);
    const again = encodeOnnx(toOnnx(read, read, read));
    const found = await run(again, table ? 'ids' : 'x', ourInput!);
    const expected = theirs[output.name]!.data as Float32Array;
    const wanted = output.timeFirst && !last ? swapped(expected, [TIME, BATCH]) : expected;
    expectAllClose(found['y']!.data as Float32Array, wanted, { atol: 1e-5, rtol: 0 });
  },
);

test.each(corpus.filter((name) => !Object.hasOwn(readable, name)))(
  '%s is not read, which names a node or an output',
  (name) => {
    const model = decodeOnnx(fixture(name));
    expect(() => fromOnnx(model)).toThrow(OnnxError);
    expect(() => fromOnnx(model)).toThrow(/^fromOnnx: .*"/);
  },
);
