import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { Job, Prepared } from '../process/job.ts';
import { prepareStacked, type Forward, type StackedInput } from './forward-passes.ts';
import { stackedLstmOnnx } from './onnx.ts';
import { inputsOf, STEPS, weightsOf } from './stacked.ts';

type RuntimeName = 'web' | 'node';

/** What the two runtimes have in common. */
interface Runtime {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
}

/** Makes ONNX Runtime ready: its native library, or its WebAssembly build. */
export async function prepare(
  input: StackedInput & { readonly runtime: RuntimeName },
  { threads }: Job,
): Promise<Prepared> {
  const { runtime, facts } = await load(input.runtime, threads);
  const options: InferenceSession.SessionOptions = {
    executionProviders: [input.runtime === 'web' ? 'wasm' : 'cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  };
  const prepared = await prepareStacked(input, {}, (network) => {
    const sessions = [false, true].map((softmax) => {
      const file = stackedLstmOnnx(weightsOf(network, softmax), network.hidden.length);
      return runtime.InferenceSession.create(file, options);
    });
    return async ({ batch, softmax }) =>
      forward(runtime, await sessions[Number(softmax)]!, batch, {
        values: inputsOf(network, batch),
        width: network.input,
      });
  });
  return { ...prepared, facts: { ...prepared.facts, ...facts() } };
}

/** The runtime, and what it says of itself once it has run: the WebAssembly build goes back to one thread by itself. */
async function load(
  name: RuntimeName,
  threads: number,
): Promise<{ runtime: Runtime; facts: () => Record<string, number | string> }> {
  if (name === 'node') {
    const module = await import('onnxruntime-node');
    return { runtime: module as unknown as Runtime, facts: () => ({ threadsTaken: threads }) };
  }
  const module = await import('onnxruntime-web');
  const { wasm } = module.env;
  wasm.numThreads = threads;
  return {
    runtime: module as unknown as Runtime,
    facts: () => ({ threadsTaken: wasm.numThreads ?? 1, simdTaken: String(wasm.simd ?? 'fixed') }),
  };
}

/** ONNX has time first; the inputs are turned before the clock starts, and the outputs only to be compared. */
function forward(
  { Tensor }: Runtime,
  session: InferenceSession,
  batch: number,
  inputs: { readonly values: Float32Array; readonly width: number },
): Forward {
  const turned = swapAxes(inputs.values, batch, STEPS, inputs.width);
  const x = new Tensor('float32', turned, [STEPS, batch, inputs.width]);
  let compared = false;
  return async () => {
    const { y } = await session.run({ x });
    const values = y!.data as Float32Array;
    if (compared) return values;
    compared = true;
    return swapAxes(values, STEPS, batch, values.length / (STEPS * batch));
  };
}

/** `[first, second, width]` to `[second, first, width]`. */
function swapAxes(
  values: Float32Array,
  first: number,
  second: number,
  width: number,
): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) {
      const from = (i * second + j) * width;
      result.set(values.subarray(from, from + width), (j * first + i) * width);
    }
  }
  return result;
}
