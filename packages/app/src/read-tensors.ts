import { decodeSafetensors, type SafetensorsTensor } from '@secateur/safetensors';
import { fileTrouble, readRegularFile } from '@secateur/safetensors/node';

/**
 * Reads the tensors of a safetensors file; a link of that name is refused.
 *
 * @throws Error that names the file, when it cannot be read or is damaged.
 */
export function readTensors(file: string): Readonly<Record<string, SafetensorsTensor>> {
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(file);
  } catch (cause) {
    const { found, advice } = fileTrouble(cause);
    throw new Error(`${file}: expected a file that can be read, found ${found}; ${advice}.`, {
      cause,
    });
  }
  try {
    return decodeSafetensors(bytes).tensors;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${file}: expected a whole safetensors file, found a damaged one: ${found} Write it again.`,
      { cause },
    );
  }
}
