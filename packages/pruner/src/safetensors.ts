import type { NamedArray, Weights } from '@secateur/groups';
import { decodeSafetensors, toFloat32, type SafetensorsFile } from '@secateur/safetensors';
import { messageOf } from './check-weights.ts';
import { weightsError } from './pruner-error.ts';

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
 */
export function weightsFromSafetensors(
  bytes: Uint8Array,
  options: WeightsFromSafetensorsOptions = {},
): Weights {
  return readWeights('weightsFromSafetensors', 'the bytes', bytes, options.only);
}

/** The same for a caller that knows where the bytes come from. */
export function readWeights(
  caller: string,
  where: string,
  bytes: Uint8Array,
  only: (name: string) => boolean = () => true,
): Weights {
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
  for (const [name, tensor] of Object.entries(file.tensors)) {
    if (!only(name)) continue;
    try {
      weights[name] = { shape: [...tensor.shape], data: toFloat32(tensor) };
    } catch (cause) {
      throw weightsError(
        `${caller}: expected tensors that float32 holds (F32, F16, BF16) in ${where}, found ${tensor.dtype} in "${name}"; convert it to float32, or leave it out.`,
        { cause },
      );
    }
  }
  return weights;
}
