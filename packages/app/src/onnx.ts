import { writeFileAtomic } from '@secateur/training';

/** An array that a file takes or gives. */
export interface OnnxValues {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** What is written and how it is checked. */
export interface OnnxExport {
  /** The file's bytes. */
  readonly bytes: Uint8Array;
  /** Inputs by name. */
  readonly feeds: Readonly<Record<string, OnnxValues>>;
  /** From outputs by name, the largest difference to what our own network gives. */
  readonly difference: (outputs: Readonly<Record<string, OnnxValues>>) => number;
}

/** What became of a file. */
export interface WrittenOnnx {
  readonly bytes: number;
  /** The largest difference to our own forward pass; null where onnxruntime-node is not installed. */
  readonly maxAbsDiff: number | null;
}

/** No network of ours differs by as much for reasons of rounding. */
const LARGEST = 1e-3;

/**
 * Writes an ONNX file, after onnxruntime-node, where it is installed, has given what our own network gives.
 *
 * @throws Error when it gives something else; then nothing is written.
 */
export async function writeOnnx(
  path: string,
  { bytes, feeds, difference }: OnnxExport,
): Promise<WrittenOnnx> {
  const outputs = await run(bytes, feeds);
  const maxAbsDiff = outputs === undefined ? null : difference(outputs);
  // NaN is no small difference.
  if (maxAbsDiff !== null && !(maxAbsDiff <= LARGEST)) {
    throw new Error(
      `${path}: expected ONNX Runtime to give what our network gives, found a difference of ${maxAbsDiff}; nothing was written. Please report this.`,
    );
  }
  writeFileAtomic(path, bytes);
  return { bytes: bytes.length, maxAbsDiff };
}

/** Runs a file in onnxruntime-node, if it is installed. */
async function run(
  bytes: Uint8Array,
  feeds: OnnxExport['feeds'],
): Promise<Record<string, OnnxValues> | undefined> {
  const ort = await import('onnxruntime-node').catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  });
  if (ort === undefined) return undefined;
  const session = await ort.InferenceSession.create(bytes);
  const tensors = Object.entries(feeds).map(([name, { data, dims }]) => {
    const tensor =
      data instanceof Int32Array
        ? new ort.Tensor('int32', data, dims)
        : new ort.Tensor('float32', data, dims);
    return [name, tensor] as const;
  });
  const results = await session.run(Object.fromEntries(tensors));
  const values = Object.entries(results).map(([name, { data, dims }]) => {
    return [name, { dims, data: (data as Float32Array).slice() }] as const;
  });
  await session.release();
  return Object.fromEntries(values);
}
