import { encodeOnnx, type decodeOnnx } from '@secateur/onnx';
import { numbers } from '@secateur/testing';
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';

/** An array to hand in, or one that came out. */
export interface Values {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** What to hand in, or what came out, by name. */
export type Feeds = Readonly<Record<string, Values>>;

/** The runtimes that every file is run on: the native one, and the one of browsers. */
export const runtimes = ['onnxruntime-node', 'onnxruntime-web'] as const;

/** What both runtimes have in common. */
interface Runtime {
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => web.Tensor;
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: web.InferenceSession.SessionOptions,
    ): Promise<web.InferenceSession>;
  };
}

/** Runs a model on some inputs, one after the other. */
export async function runOnnx(
  runtime: (typeof runtimes)[number],
  model: ReturnType<typeof decodeOnnx>,
  ...feeds: readonly Feeds[]
): Promise<Feeds[]> {
  web.env.wasm.numThreads = 1;
  const [ort, provider] = (runtime === 'onnxruntime-node' ? [native, 'cpu'] : [web, 'wasm']) as [
    Runtime,
    string,
  ];
  const session = await ort.InferenceSession.create(encodeOnnx(model), {
    executionProviders: [provider],
    logSeverityLevel: 3,
  });
  const results: Feeds[] = [];
  for (const feed of feeds) {
    const tensors = Object.entries(feed).map(([name, { dims, data }]) => {
      const type = data instanceof Float32Array ? 'float32' : 'int32';
      return [name, new ort.Tensor(type, data, dims)] as const;
    });
    const found = await session.run(Object.fromEntries(tensors));
    const values = Object.entries(found).map(([name, { dims, data }]) => {
      return [name, { dims, data: data as Float32Array }] as const;
    });
    results.push(Object.fromEntries(values));
  }
  await session.release();
  return results;
}

/** Pseudo-random values of a shape. */
export function floats(
  dims: readonly number[],
  seed: number,
  scale = 1,
): Values & { data: Float32Array } {
  const size = dims.reduce((product, length) => product * length, 1);
  return { dims, data: new Float32Array(numbers(size, seed, scale)) };
}

/** Whole numbers of a shape, each once before one comes again. */
export function ids(dims: readonly number[], below: number): Values {
  const size = dims.reduce((product, length) => product * length, 1);
  return { dims, data: Int32Array.from({ length: size }, (_, k) => (7 * k + 3) % below) };
}
