import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { Job } from '../process/job.ts';

/** What the jobs of ONNX Runtime are told besides: which of its builds they run. */
export interface RuntimeInput {
  readonly runtime: 'web' | 'node';
}

/** What the two builds have in common. */
interface Runtime {
  readonly Tensor: new (
    type: 'float32' | 'int32',
    data: Float32Array | Int32Array,
    dims: readonly number[],
  ) => Tensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
}

/** ONNX Runtime, ready to run files. */
export interface OnnxRuntime {
  readonly Tensor: Runtime['Tensor'];
  /** Loads a file. */
  session(file: Uint8Array): Promise<InferenceSession>;
  /** What it says of itself once it has run: the WebAssembly build goes back to one thread by itself. */
  facts(): Record<string, number | string>;
}

/** Makes ONNX Runtime ready: its native library, or its WebAssembly build. */
export async function startOnnx({ runtime }: RuntimeInput, { threads }: Job): Promise<OnnxRuntime> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [runtime === 'web' ? 'wasm' : 'cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  };
  const ready = (module: unknown, facts: OnnxRuntime['facts']): OnnxRuntime => {
    const { Tensor, InferenceSession } = module as Runtime;
    return { Tensor, session: (file) => InferenceSession.create(file, options), facts };
  };
  if (runtime === 'node') {
    return ready(await import('onnxruntime-node'), () => ({ threadsTaken: threads }));
  }
  const module = await import('onnxruntime-web');
  const { wasm } = module.env;
  wasm.numThreads = threads;
  return ready(module, () => ({
    threadsTaken: wasm.numThreads ?? 1,
    simdTaken: String(wasm.simd ?? 'fixed'),
  }));
}
