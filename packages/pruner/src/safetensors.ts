import type { NamedArray, Weights } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { decodeSafetensors, toFloat32, type SafetensorsFile } from '@secateur/safetensors';
import { messageOf } from './check-weights.ts';
import { argumentError, weightsError } from './pruner-error.ts';

/** Options of {@link weightsFromSafetensors}. */
export interface WeightsFromSafetensorsOptions {
  /** Which tensors to read, by name; default all. */
  readonly only?: (name: string) => boolean;
}

/**
 * Reads a safetensors file, such as a state dict that PyTorch wrote, as weights: `F16` and `BF16` become float32, which
 * holds their values exactly.
 *
 * @param bytes - the whole file
 * @throws {@link PrunerError} if the file is damaged, or if a tensor has a type that float32 would round, such as `F64`.
 *
 * @example
 * ```ts
 * import { weightsFromSafetensors } from '@secateur/pruner';
 * import { encodeAs, encodeSafetensors } from '@secateur/safetensors';
 *
 * // As readFileSync('model.safetensors') gives them.
 * const half = encodeAs({ shape: [2], data: Float32Array.of(0.5, -2) }, 'F16');
 * const bytes = encodeSafetensors({ 'rnn.bias_ih_l0': half, 'head.bias': half });
 * const weights = weightsFromSafetensors(bytes, { only: (name) => name.startsWith('rnn.') });
 * weights; // => { 'rnn.bias_ih_l0': { shape: [2], data: [0.5, -2] } }
 * ```
 */
export function weightsFromSafetensors(
  bytes: Uint8Array,
  options: WeightsFromSafetensorsOptions = {},
): Weights {
  checkOptions('weightsFromSafetensors', options, { only: true }, argumentError);
  return readWeights('weightsFromSafetensors', 'the bytes', bytes, options.only).weights;
}

/** Types of the tensors that are stored in fewer bits than float32, by name. */
export type StoredTypes = Readonly<Record<string, 'F16' | 'BF16'>>;

/** The same for a caller that knows where the bytes come from, with the types that they are stored in. */
export function readWeights(
  caller: string,
  where: string,
  bytes: Uint8Array,
  only: (name: string) => boolean = () => true,
): { readonly weights: Weights; readonly dtypes: StoredTypes } {
  let file: SafetensorsFile;
  try {
    file = decodeSafetensors(bytes);
  } catch (cause) {
    throw weightsError(
      `${caller}: expected a whole safetensors file in ${where}, found ${messageOf(cause)}`,
      { cause },
    );
  }
  const weights: Record<string, NamedArray> = {};
  const dtypes: Record<string, 'F16' | 'BF16'> = {};
  for (const [name, tensor] of Object.entries(file.tensors)) {
    if (!only(name)) continue;
    try {
      weights[name] = { shape: [...tensor.shape], data: toFloat32(tensor) };
      if (tensor.dtype === 'F16' || tensor.dtype === 'BF16') dtypes[name] = tensor.dtype;
    } catch (cause) {
      throw weightsError(
        `${caller}: expected tensors that float32 holds (F32, F16, BF16) in ${where}, found ${tensor.dtype} in "${name}"; convert it to float32, or leave it out.`,
        { cause },
      );
    }
  }
  return { weights, dtypes };
}
