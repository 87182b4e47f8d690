import { TensorProto_DataType as Type, type ModelProto } from 'onnx-buf';
import { modelError } from '../error.ts';
import { shapeOf } from '../file/tensor.ts';

/** The values of a tensor, as ONNX Runtime takes and gives them. */
export interface OnnxValues {
  /** Sizes of the axes. */
  readonly dims: readonly number[];
  /** The values in row-major order. */
  readonly data: ArrayLike<number> | ArrayLike<bigint> | readonly string[];
}

/** What an input of a model takes. */
export interface OnnxInput {
  readonly name: string;
  /** ONNX Runtime's word for the type. */
  readonly type: string;
  /** Sizes of the axes: a number, or the word or the place that one size stands for. */
  readonly shape: readonly (number | string)[];
}

/** Types of inputs that can be made up, in ONNX Runtime's words. */
const types: ReadonlyMap<number, string> = new Map([
  [Type.FLOAT, 'float32'],
  [Type.DOUBLE, 'float64'],
  [Type.INT64, 'int64'],
  [Type.INT32, 'int32'],
  [Type.BOOL, 'bool'],
]);

/** What the inputs of a model take; those that are constants as well are left out. */
export function inputsOf(model: ModelProto): OnnxInput[] {
  const constants = new Set(model.graph!.initializer.map(({ name }) => name));
  return model.graph!.input.flatMap(({ name, type }) => {
    if (constants.has(name)) return [];
    const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
    const word = types.get(tensor?.elemType ?? 0);
    const shape = shapeOf(type);
    if (tensor === undefined || word === undefined || shape === undefined) {
      throw modelError(
        `verifyOnnx: expected the input "${name}" to be a tensor of a known shape, of float32, float64, int64, int32 or bool, found another; pass it in inputs.`,
      );
    }
    const words = shape.map((size, i) => {
      const dim = tensor.shape!.dim[i]!;
      const word = dim.value.case === 'dimParam' ? dim.value.value : '';
      return size ?? (word === '' ? `${name}:${i}` : word);
    });
    return [{ name, type: word, shape: words }];
  });
}

/** Numbers from 0 to 1 that are the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Values for an input: floats from -1 to 1, whole numbers below `integers`. */
export function makeUp(
  type: string,
  dims: readonly number[],
  random: () => number,
  integers: number,
): OnnxValues {
  const length = dims.reduce((product, size) => product * size, 1);
  const whole = (): number => Math.floor(random() * integers);
  const real = (): number => 2 * random() - 1;
  const places = { length };
  if (type === 'int64') return { dims, data: BigInt64Array.from(places, () => BigInt(whole())) };
  if (type === 'int32') return { dims, data: Int32Array.from(places, whole) };
  if (type === 'bool') return { dims, data: Uint8Array.from(places, () => Number(random() < 0.5)) };
  return {
    dims,
    data: type === 'float64' ? Float64Array.from(places, real) : Float32Array.from(places, real),
  };
}

/** The same input of another size, as a state that has lost units: zeros, which mean the same in both. */
export function zeros({ data }: OnnxValues, dims: readonly number[]): OnnxValues {
  const length = dims.reduce((product, size) => product * size, 1);
  const { constructor } = data as Float32Array;
  return { dims, data: new (constructor as new (length: number) => Float32Array)(length) };
}
