import { fileError } from './error.ts';
import { toFloat32 } from './to-float32.ts';
import type { Dtype, SafetensorsFile } from './types.ts';

const floating: readonly Dtype[] = ['F32', 'F16', 'BF16'];

/**
 * The tensors of a file that can be weights of a network, as float32; whole numbers, such as the counters of a batch normalization,
 * are left out. `where` is what an error calls the file.
 *
 * @throws {@link SafetensorsError} when there is none, or one of float64: left out, it would stay as large as it is while the weights
 * that belong to it become smaller.
 *
 * @example
 * ```ts
 * import { floatTensors } from '@secateur/safetensors';
 *
 * const half = { shape: [1], dtype: 'F16', data: Uint16Array.of(0x3c00) } as const;
 * const steps = { shape: [1], dtype: 'I32', data: Int32Array.of(7) } as const;
 * floatTensors({ tensors: { half, steps }, metadata: {} }, 'the file'); // => { half: { shape: [1], data: [1] } }
 * ```
 */
export function floatTensors(
  { tensors }: SafetensorsFile,
  where: string,
): Record<string, { shape: number[]; data: Float32Array }> {
  const wide = Object.keys(tensors).find((name) => tensors[name]!.dtype === 'F64');
  if (wide !== undefined) {
    throw fileError(
      `expected weights of float32, float16 or bfloat16 in ${where}, found float64 in "${wide}"; write model.float() in PyTorch`,
    );
  }
  const found = Object.entries(tensors).filter(([, { dtype }]) => floating.includes(dtype));
  if (found.length === 0) {
    throw fileError(`expected weights in ${where}, found none; is it the right file?`);
  }
  return Object.fromEntries(
    found.map(([name, tensor]) => [name, { shape: [...tensor.shape], data: toFloat32(tensor) }]),
  );
}
