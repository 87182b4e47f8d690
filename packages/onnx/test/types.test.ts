import * as runtime from 'onnxruntime-node';
import { create } from '@bufbuild/protobuf';
import { TensorProto_DataType as Type, TensorProtoSchema, type TensorProto } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { decodeOnnx, encodeOnnx, onnxWeights, pruneOnnx, verifyOnnx } from '../src/index.ts';
import { readFloats } from '../src/file/floats.ts';
import { plant } from './corpus.ts';
import { constant, file, integers, node, weights, type GraphParts } from './hand.ts';

/** How each type writes a float32 that it can hold: as bytes, and as the numbers of its list. */
const types = {
  float16: {
    type: Type.FLOAT16,
    raw: (data: Float32Array) => Uint16Array.from(bitsOf(data), half),
    list: 'int32Data',
  },
  bfloat16: {
    type: Type.BFLOAT16,
    raw: (data: Float32Array) => Uint16Array.from(bitsOf(data), (bits) => bits >>> 16),
    list: 'int32Data',
  },
  float64: {
    type: Type.DOUBLE,
    raw: (data: Float32Array) => Float64Array.from(data),
    list: 'doubleData',
  },
} as const;
type Name = keyof typeof types;
const names = Object.keys(types) as Name[];

const bitsOf = (data: Float32Array): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, data.length);

/** The float16 of a float32 that is one: zero, or of an exponent from -14 to 15. */
const half = (bits: number): number =>
  (bits & 0x7fffffff) === 0
    ? 0
    : ((bits >>> 16) & 0x8000) | ((((bits >>> 23) & 0xff) - 112) << 10) | ((bits >>> 13) & 0x3ff);

/** The same values in another type. */
function inType(tensor: TensorProto, name: Name, listed: boolean): TensorProto {
  const { type, raw, list } = types[name];
  const written = raw(readFloats(tensor).data);
  return create(TensorProtoSchema, {
    ...{ name: tensor.name, dims: tensor.dims, dataType: type },
    ...(listed ? { [list]: [...written] } : { rawData: new Uint8Array(written.buffer) }),
  });
}

/** Numbers that every type can hold. */
const floats = [...weights('l', [4, 6, 4]), constant('out', [6, 3])].map((tensor) => {
  const data = readFloats(tensor).data.map((value) => Math.round(value * 64) / 64);
  return { ...tensor, rawData: new Uint8Array(data.buffer) };
});

/** An LSTM of 6 units and a product, planted with dead units, whose constants `to` writes and `nodes` reads. */
function planted(
  to: (tensor: TensorProto) => TensorProto,
  nodes: GraphParts['nodes'],
): { bytes: Uint8Array; dead: readonly number[] } {
  const made = file({
    ...{ inputs: { x: ['time', 2, 4] }, outputs: { y: undefined }, nodes },
    constants: [...floats, integers('one', [1])],
  });
  const { bytes, dead } = plant(made, 'keep');
  const model = decodeOnnx(bytes);
  const { initializer } = model.graph!;
  initializer.forEach((tensor, i) => {
    if (tensor.name !== 'one') initializer[i] = to(tensor);
  });
  return { bytes: encodeOnnx(model), dead: dead['h']! };
}

const layer = (x: string, [w, r, b, out]: readonly string[], y: string) => [
  node('LSTM', [x, w!, r!, b!], ['h'], { hidden_size: 6 }),
  node('Squeeze', ['h', 'one'], ['s']),
  node('MatMul', ['s', out!], [y]),
];
const constants = floats.map(({ name }) => name);
/** All computed in float32, whatever the constants are. */
const cast = [
  ...constants.map((name) => node('Cast', [name], [`${name}.cast`], { to: Type.FLOAT })),
  ...layer(
    'x',
    constants.map((name) => `${name}.cast`),
    'y',
  ),
];
/** All computed in the type of the constants. */
const direct = (name: Name) => [
  node('Cast', ['x'], ['x.cast'], { to: types[name].type }),
  ...layer('x.cast', constants, 'y.cast'),
  node('Cast', ['y.cast'], ['y'], { to: Type.FLOAT }),
];

describe.each(names)('constants of %s', (name) => {
  test.each([
    ['bytes', false],
    ['numbers', true],
  ])('are read and cut as %s', async (_, listed) => {
    const { bytes, dead } = planted((tensor) => inType(tensor, name, listed), cast);
    const pruned = pruneOnnx(bytes);
    expect(pruned.exact).toBe(true);
    expect(pruned.kept).toEqual({ h: [0, 1, 2, 3, 4, 5].filter((i) => !dead.includes(i)) });
    const { maxAbsDifference } = await verifyOnnx(bytes, pruned.bytes, { runtime });
    expect(maxAbsDifference).toBeLessThanOrEqual(1e-6);
    // Weak units as well: the same that go in float32, and what is left has their values.
    const plain = pruneOnnx(planted((tensor) => tensor, cast).bytes, { units: { h: 2 } });
    const weak = pruneOnnx(bytes, { units: { h: 2 } });
    expect(onnxWeights(decodeOnnx(weak.bytes))).toEqual(onnxWeights(decodeOnnx(plain.bytes)));
    const cut = decodeOnnx(weak.bytes).graph!.initializer.filter(({ name }) => name !== 'one');
    expect(cut.map(({ dataType }) => dataType)).toEqual(constants.map(() => types[name].type));
  });

  test('are cut where the layer itself computes in it', async () => {
    const { bytes } = planted((tensor) => inType(tensor, name, false), direct(name));
    const pruned = pruneOnnx(bytes);
    expect(pruned.layout.dims).toEqual({ h: 4 });
    const plain = pruneOnnx(planted((tensor) => tensor, direct(name)).bytes);
    const { initializer } = decodeOnnx(plain.bytes).graph!;
    decodeOnnx(pruned.bytes).graph!.initializer.forEach((tensor, i) => {
      const same = initializer[i]!;
      expect(tensor).toEqual(tensor.name === 'one' ? same : inType(same, name, false));
    });
    // ONNX Runtime has no LSTM of the others on CPUs.
    if (name !== 'float16') return;
    const { maxAbsDifference } = await verifyOnnx(bytes, pruned.bytes, { runtime });
    expect(maxAbsDifference).toBeLessThanOrEqual(1e-3);
  });
});
