import { checkOptions } from '@secateur/input';
import { maxAbsDifference } from '@secateur/pruner';
import { argumentError, modelError } from '../error.ts';
import { decodeOnnx } from '../file/model.ts';
import { inputsOf, makeUp, randomNumbers, zeros, type OnnxValues } from './inputs.ts';

/** The part of ONNX Runtime that {@link verifyOnnx} uses: `onnxruntime-node`, `onnxruntime-web` or another with its calls. */
export interface OnnxRuntime {
  /** Makes sessions of files. */
  readonly InferenceSession: {
    create(bytes: never): Promise<{
      run(inputs: Record<string, never>): Promise<Readonly<Record<string, OnnxValues>>>;
    }>;
  };
  /** Makes inputs. */
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => unknown;
}

/** Options of {@link verifyOnnx}. */
export interface VerifyOnnxOptions {
  /** What runs the models, such as `import * as runtime from 'onnxruntime-node'`. */
  readonly runtime: OnnxRuntime;
  /** Sizes by the names of axes that the file leaves open; default 3. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Inputs that are not to be random, by name, such as a sampling rate. */
  readonly inputs?: Readonly<Record<string, OnnxValues>>;
  /** Random whole numbers are below it; default 2, which every look-up has. */
  readonly integers?: number;
  /** How many times both are run on new inputs; default 3. */
  readonly rounds?: number;
}

/** What {@link verifyOnnx} measures. */
export interface OnnxVerification {
  /** The largest difference of any two outputs. */
  readonly maxAbsDifference: number;
  /** The largest difference of each output. */
  readonly outputs: Readonly<Record<string, number>>;
  /** How many numbers were compared. */
  readonly values: number;
  /** Outputs that have another shape now, or hold text, and were not compared. */
  readonly skipped: readonly string[];
}

/**
 * Runs two files on the same random inputs and measures how far their outputs are apart. Inputs that have another shape in the
 * second, as states do that have lost units, are zeros in both.
 *
 * @throws {@link OnnxError} if the two do not take and give the same names, or nothing can be compared.
 *
 * @example
 * ```ts
 * import { encodeOnnx, onnxGraph, onnxModel, verifyOnnx } from '@secateur/onnx';
 * import * as runtime from 'onnxruntime-node';
 *
 * const fileOf = (bias: number) => {
 *   const graph = onnxGraph();
 *   const x = graph.input('x', 'float32', ['batch', 4]);
 *   graph.output('y', graph.node('Add', [x, graph.scalar(bias)]), 'float32', ['batch', 4]);
 *   return encodeOnnx(onnxModel(graph));
 * };
 * const options = { runtime, sizes: { batch: 2 }, rounds: 5 };
 * const { maxAbsDifference, values } = await verifyOnnx(fileOf(0), fileOf(0.5), options);
 * maxAbsDifference.toFixed(3); // => '0.500'
 * values; // => 40
 * ```
 */
export async function verifyOnnx(
  before: Uint8Array,
  after: Uint8Array,
  options: VerifyOnnxOptions,
): Promise<OnnxVerification> {
  const known = { runtime: true, sizes: true, inputs: true, integers: true, rounds: true } as const;
  checkOptions('verifyOnnx', options, known, argumentError);
  const { runtime, sizes = {}, inputs: given = {}, integers = 2, rounds = 3 } = options;
  const models = [before, after].map((bytes) =>
    inputsOf(decodeOnnx(bytes)).filter(({ name }) => given[name] === undefined),
  );
  const [first, second] = models as [(typeof models)[0], (typeof models)[0]];
  const names = [first, second].map((inputs) => inputs.map(({ name }) => name).join(', '));
  if (names[0] !== names[1]) {
    throw modelError(
      `verifyOnnx: expected two models with the same inputs, found ${names[0]} and ${names[1]}; compare a model with what became of it.`,
    );
  }
  const sizeFor = (size: number | string): number =>
    typeof size === 'number' ? size : (sizes[size] ?? 3);
  const sessions = [
    await runtime.InferenceSession.create(before as never),
    await runtime.InferenceSession.create(after as never),
  ] as const;
  const random = randomNumbers(1);
  const outputs: Record<string, number> = {};
  const skipped = new Set<string>();
  let values = 0;
  for (let round = 0; round < rounds; round++) {
    const pairs = first.map(({ name, type, shape }, i) => {
      const [left, right] = [shape.map(sizeFor), second[i]!.shape.map(sizeFor)];
      const made = makeUp(type, left, random, integers);
      const same = left.join() === right.join();
      const pair = same ? [made, made] : [zeros(made, left), zeros(made, right)];
      return { name, type, pair };
    });
    const [one, other] = await Promise.all(
      sessions.map((session, i) => {
        const feeds: Record<string, unknown> = {};
        for (const [name, value] of Object.entries(given)) feeds[name] = tensor(runtime, value);
        for (const { name, type, pair } of pairs) feeds[name] = tensor(runtime, pair[i]!, type);
        return session.run(feeds as Record<string, never>);
      }),
    );
    for (const [name, value] of Object.entries(one!)) {
      const twin = other![name];
      if (twin === undefined) {
        throw modelError(
          `verifyOnnx: expected the output "${name}" of both models, found it in one.`,
        );
      }
      if (value.dims.join() !== twin.dims.join() || typeof value.data[0] === 'string') {
        skipped.add(name);
        continue;
      }
      values += value.data.length;
      const difference = maxAbsDifference(numbers(value), numbers(twin));
      // NaN is the largest difference, and stays.
      const known = outputs[name] ?? 0;
      outputs[name] = difference <= known || Number.isNaN(known) ? known : difference;
    }
  }
  if (values === 0) {
    throw modelError(
      `verifyOnnx: expected an output of the same shape in both models, found none among ${[...skipped].join(', ')}.`,
    );
  }
  const largest = Object.values(outputs).reduce((a, b) => (b <= a || Number.isNaN(a) ? a : b), 0);
  return { maxAbsDifference: largest, outputs, values, skipped: [...skipped] };
}

function tensor({ Tensor }: OnnxRuntime, { data, dims }: OnnxValues, type = typeOf(data)): unknown {
  return new Tensor(type as never, data as never, dims);
}

/** ONNX Runtime's word for the type of given values. */
function typeOf(data: OnnxValues['data']): string {
  const name = Object.prototype.toString.call(data).slice(8, -1);
  const words: Readonly<Record<string, string>> = {
    Float32Array: 'float32',
    Float64Array: 'float64',
    BigInt64Array: 'int64',
    Int32Array: 'int32',
    Uint8Array: 'bool',
  };
  const word = words[name];
  if (word !== undefined) return word;
  throw argumentError(
    `verifyOnnx: expected given inputs as a typed array (${Object.keys(words).join(', ')}), found ${name}.`,
  );
}

function numbers({ data }: OnnxValues): ArrayLike<number> {
  return typeof data[0] === 'bigint'
    ? Array.from(data as ArrayLike<bigint>, Number)
    : (data as ArrayLike<number>);
}
