import type { Weights } from '@secateur/groups';
import { STEPS, VOCAB } from './stacked.ts';

// Writes the messages of onnx.proto3 (https://github.com/onnx/onnx) that a stack of LSTMs needs, as Protocol Buffers lay them out.

/** A value of a field: messages and bytes as they are, text, a whole number. */
type Value = Uint8Array | string | number;

/** A message: number and value of each field, in order. */
const message = (...fields: readonly (readonly [id: number, value: Value])[]): Uint8Array =>
  Buffer.concat(
    fields.flatMap(([id, value]) => {
      if (typeof value === 'number') return [varint(id << 3), varint(value)];
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return [varint((id << 3) | 2), varint(bytes.length), bytes];
    }),
  );

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) | 128);
    if (rest < 128) return Uint8Array.from(bytes);
  }
}

/** Numbers of ONNX's types. */
const [FLOAT, INT64, INT] = [1, 7, 2];

/** TensorProto: a constant of the graph. */
const constant = (name: string, dims: readonly number[], data: Float32Array | BigInt64Array) =>
  message(
    ...dims.map((dim) => [1, dim] as const),
    [2, data instanceof Float32Array ? FLOAT : INT64],
    [8, name],
    [9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
  );

/** NodeProto: an operation, with at most one attribute, a whole number. */
const operation = (type: string, inputs: string[], output: string, attribute?: [string, number]) =>
  message(
    ...inputs.map((name) => [1, name] as const),
    [2, output],
    [4, type],
    ...(attribute === undefined
      ? []
      : [[5, message([1, attribute[0]], [3, attribute[1]], [20, INT])] as const]),
  );

/** ValueInfoProto: an input or output, float32; a dimension is a number or a name for any. */
const value = (name: string, shape: readonly (number | string)[]) => {
  const dims = shape.map((dim) => [1, message([typeof dim === 'number' ? 1 : 2, dim])] as const);
  return message([1, name], [2, message([1, message([1, FLOAT], [2, message(...dims)])])]);
};

/**
 * A stack of LSTMs as an ONNX file of operator set 17: `x` `[STEPS, batch, input]` to `y` `[STEPS, batch, width]`, the outputs of
 * the last layer or, where there is a `softmax/kernel`, the logits. The batch may be any.
 */
export function stackedLstmOnnx(weights: Weights, layers: number): Uint8Array {
  const nodes: Uint8Array[] = [];
  const constants = [constant('one', [1], BigInt64Array.of(1n))];
  const softmax = weights['softmax/kernel'];
  let from = 'x';
  for (let layer = 1; layer <= layers; layer++) {
    const name = `lstm${layer}`;
    const part = (which: string) => weights[`${name}/${which}`]!.data;
    const [input, columns] = weights[`${name}/kernel`]!.shape as [number, number];
    const units = columns / 4;
    // There is a second bias, here zero.
    const biases = new Float32Array(2 * columns);
    biases.set(transposeGates(part('bias'), 1, units));
    constants.push(
      constant(`${name}.W`, [1, columns, input], transposeGates(part('kernel'), input, units)),
      constant(`${name}.R`, [1, columns, units], transposeGates(part('recurrent'), units, units)),
      constant(`${name}.B`, [1, 2 * columns], biases),
    );
    const parts = ['W', 'R', 'B'].map((each) => `${name}.${each}`);
    const to = layer === layers && softmax === undefined ? 'y' : `${name}.y`;
    nodes.push(
      operation('LSTM', [from, ...parts], `${name}.directions`, ['hidden_size', units]),
      // [STEPS, directions, batch, units]: there is one direction.
      operation('Squeeze', [`${name}.directions`, 'one'], to),
    );
    from = to;
  }
  if (softmax !== undefined) {
    constants.push(constant('softmax', softmax.shape, softmax.data));
    nodes.push(operation('MatMul', [from, 'softmax'], 'y'));
  }
  const width = softmax === undefined ? weights[`lstm${layers}/recurrent`]!.shape[0]! : VOCAB;
  const graph = message(
    ...nodes.map((node) => [1, node] as const),
    [2, 'network'],
    ...constants.map((each) => [5, each] as const),
    [11, value('x', [STEPS, 'batch', weights['lstm1/kernel']!.shape[0]!])],
    [12, value('y', [STEPS, 'batch', width])],
  );
  return message([1, 8], [2, 'secateur bench'], [7, graph], [8, message([1, ''], [2, 17])]);
}

/** `[rows, 4 * units]` in the order `ifgo` to `[4 * units, rows]` in ONNX's, `iofg` (which it writes iofc). */
function transposeGates(values: Float32Array, rows: number, units: number): Float32Array {
  const result = new Float32Array(values.length);
  [...'iofg'].forEach((gate, block) => {
    const source = 'ifgo'.indexOf(gate) * units;
    for (let unit = 0; unit < units; unit++) {
      const to = (block * units + unit) * rows;
      for (let row = 0; row < rows; row++) {
        result[to + row] = values[row * 4 * units + source + unit]!;
      }
    }
  });
  return result;
}
