import { STEPS, VOCAB, type LayerWeights, type NetworkWeights } from '../infer/networks.ts';
import { encodeOnnx, type GraphNode, type Initializer } from './schema.ts';

/**
 * A stack of LSTMs as an ONNX file: `x` `[STEPS, batch, input]` to `y` `[STEPS, batch, width]`, the outputs of the last
 * layer or, with `softmax`, the logits. The batch may be any.
 */
export function stackedLstmOnnx(
  { layers, softmax }: NetworkWeights,
  options: { readonly softmax: boolean },
): Uint8Array {
  const nodes: GraphNode[] = [];
  const initializers: Initializer[] = [{ name: 'one', dims: [1], data: BigInt64Array.of(1n) }];
  let from = 'x';
  for (const [index, layer] of layers.entries()) {
    const last = index === layers.length - 1 && !options.softmax;
    const own = (part: string): string => `lstm${index + 1}.${part}`;
    initializers.push(...lstmInitializers(layer, own));
    nodes.push(
      {
        type: 'LSTM',
        inputs: [from, own('W'), own('R'), own('B')],
        outputs: [own('directions')],
        attributes: { hidden_size: layer.units },
      },
      // [STEPS, directions, batch, units]: there is one direction.
      { type: 'Squeeze', inputs: [own('directions'), 'one'], outputs: [last ? 'y' : own('y')] },
    );
    from = own('y');
  }
  const units = layers.at(-1)!.units;
  if (options.softmax) {
    initializers.push({ name: 'softmax', dims: [units, VOCAB], data: softmax });
    nodes.push({ type: 'MatMul', inputs: [from, 'softmax'], outputs: ['y'] });
  }
  return encodeOnnx({
    ...{ nodes, initializers },
    x: [STEPS, 'batch', layers[0]!.input],
    y: [STEPS, 'batch', options.softmax ? VOCAB : units],
  });
}

/** ONNX has units before inputs, gates in the order `iofg` (which it writes iofc) and a second bias, here zero. */
function lstmInitializers(
  { input, units, kernel, recurrent, bias }: LayerWeights,
  own: (part: string) => string,
): Initializer[] {
  const biases = new Float32Array(8 * units);
  biases.set(transposeGates(bias, 1, units));
  return [
    { name: own('W'), dims: [1, 4 * units, input], data: transposeGates(kernel, input, units) },
    { name: own('R'), dims: [1, 4 * units, units], data: transposeGates(recurrent, units, units) },
    { name: own('B'), dims: [1, 8 * units], data: biases },
  ];
}

/** `[rows, 4 * units]` in the order `ifgo` to `[4 * units, rows]` in the order `iofg`. */
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
