import type { decodeOnnx, FromOnnx } from '@secateur/onnx';
import { CommandError } from '../command-error.ts';
import { findPackage } from '../folder-packages.ts';
import { messageOf } from '../message-of.ts';
import type { InputSpec, OutputValues, Runner } from '../network/random.ts';

type Model = ReturnType<typeof decodeOnnx>;
type ValueInfo = NonNullable<Model['graph']>['input'][number];

/** What is used of `onnxruntime-node`. */
interface Ort {
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<Results> }>;
  };
}
type Results = Readonly<
  Record<string, { readonly dims: readonly number[]; readonly data: ArrayLike<number> }>
>;

/** A model in the runtime. */
export interface Session {
  /** Name and version of the runtime. */
  readonly by: string;
  run(feeds: Readonly<Record<string, Feed>>): Promise<Results>;
}

interface Feed {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Finds onnxruntime-node as programs in the folder see it; undefined when they do not. */
export async function findRuntime(
  folder: string,
): Promise<{ open(bytes: Uint8Array): Promise<Session> } | undefined> {
  const found = findPackage('onnxruntime-node', folder);
  if (found === undefined) return undefined;
  const loaded = (await found.load()) as Ort & { readonly default?: Ort };
  const ort = loaded.default ?? loaded;
  return {
    async open(bytes) {
      try {
        const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
        return {
          by: `onnxruntime-node ${found.version}`,
          run: (feeds) => {
            const tensors = Object.entries(feeds).map(([name, feed]) => [
              name,
              tensorOf(ort, feed),
            ]);
            return session.run(Object.fromEntries(tensors) as object);
          },
        };
      } catch (cause) {
        throw new CommandError(
          `expected onnxruntime-node to open the file, found: ${messageOf(cause)}`,
          { cause },
        );
      }
    },
  };
}

/** Arrays of the types of `TensorProto.DataType` that an input can have here. */
const types: Readonly<
  Record<number, readonly [name: string, make: (data: Float64Array) => unknown]>
> = {
  1: ['float32', (data) => Float32Array.from(data)],
  6: ['int32', (data) => Int32Array.from(data)],
  7: ['int64', (data) => BigInt64Array.from(data, (value) => BigInt(value))],
  9: ['bool', (data) => Uint8Array.from(data)],
  11: ['float64', (data) => data],
};

const tensorOf = ({ Tensor }: Ort, { type, shape, data }: Feed): unknown => {
  const make = Object.values(types).find(([name]) => name === type)![1];
  return new Tensor(type, make(data), shape);
};

/** An input of a file, with the sizes that a run decides still open. */
interface Declared {
  readonly name: string;
  readonly type: string;
  shape(batch: number, steps: number): number[];
}

function declared({ name, type }: ValueInfo): Declared {
  const { value } = type?.value.case === 'tensorType' ? type.value : { value: undefined };
  const known = types[value?.elemType ?? 0];
  if (value === undefined || known === undefined) {
    throw new CommandError(
      `expected inputs of float32, float64, int32, int64 or bool, found another as "${name}"; the model cannot be run on random inputs.`,
    );
  }
  const axes = value.shape?.dim ?? [];
  return {
    ...{ name, type: known[0] },
    shape: (batch, steps) =>
      axes.map(({ value: axis }, at) => {
        if (axis.case === 'dimValue' && axis.value > 0n) return Number(axis.value);
        const called = axis.case === 'dimParam' ? axis.value : '';
        if (/batch/i.test(called)) return batch;
        return /time|seq|step|len/i.test(called) || at > 0 ? steps : batch;
      }),
  };
}

/** Inputs that a caller hands in: those that are no constants of the file. */
function inputsOf({ graph }: Model): Declared[] {
  const constants = new Set(graph!.initializer.map(({ name }) => name));
  return graph!.input.filter(({ name }) => !constants.has(name)).map(declared);
}

/** Runs a file that is a network of layers: sequences in, sequences out, states of zeros at the beginning. */
export function networkRunner(network: FromOnnx, model: Model, session: Session): Runner {
  const { input, output, layers, weights } = network;
  const inputs = inputsOf(model);
  const main = inputs.find(({ name }) => name === input.name)!;
  const first = layers[0]!;
  return {
    by: session.by,
    inputs(batch, steps) {
      const [one, two, ...rest] = main.shape(batch, steps);
      // A file of a fixed batch and fixed steps has them its way.
      const shape = input.timeFirst ? [two!, one!, ...rest] : [one!, two!, ...rest];
      const below = first.kind === 'embedding' ? weights[first.name]!.shape[0]! : undefined;
      return [{ name: 'x', shape, ...(below === undefined ? {} : { below }) }];
    },
    async run([given]) {
      const { shape, data } = given!;
      const [batch, steps] = shape as [number, number];
      const feeds = inputs.map(({ name, type, shape: shapeOf }): [string, Feed] => {
        if (name === input.name) {
          return [
            name,
            { type, ...(input.timeFirst ? swapped({ shape, data }) : { shape, data }) },
          ];
        }
        const own = shapeOf(batch, steps);
        const size = own.reduce((product, length) => product * length, 1);
        const lengths = type.startsWith('int') && own.length === 1;
        return [name, { type, shape: own, data: new Float64Array(size).fill(lengths ? steps : 0) }];
      });
      const found = (await session.run(Object.fromEntries(feeds)))[output.name]!;
      const values = { shape: [...found.dims], data: Float64Array.from(found.data) };
      return [output.timeFirst ? swapped(values) : values];
    },
  };
}

/** The same values with the first two axes changed about. */
function swapped({ shape, data }: { shape: readonly number[]; data: Float64Array }): {
  shape: number[];
  data: Float64Array;
} {
  const [one, two, ...rest] = shape as [number, number, ...number[]];
  const width = rest.reduce((product, length) => product * length, 1);
  const out = new Float64Array(data.length);
  for (let i = 0; i < one; i++) {
    for (let j = 0; j < two; j++) {
      const from = (i * two + j) * width;
      out.set(data.subarray(from, from + width), (j * one + i) * width);
    }
  }
  return { shape: [two, one, ...rest], data: out };
}

/** Runs any file on all of its inputs: whole numbers are 0 or 1, which every table has. */
export function graphRunner(model: Model, session: Session): Runner {
  const inputs = inputsOf(model);
  return {
    by: session.by,
    inputs: (batch, steps) =>
      inputs.map(({ name, type, shape }): InputSpec => ({
        ...{ name, shape: shape(batch, steps) },
        ...(type.startsWith('float') ? {} : { below: 2 }),
      })),
    async run(values) {
      const feeds = inputs.map(({ name, type }, at): [string, Feed] => {
        const { shape, data } = values[at]!;
        return [name, { type, shape, data }];
      });
      const found = await session.run(Object.fromEntries(feeds));
      return model.graph!.output.map(({ name }): OutputValues => {
        const { dims, data } = found[name]!;
        return { shape: [...dims], data: Float64Array.from(data, Number) };
      });
    },
  };
}
