import { fileError } from './error.ts';

interface Encoding {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array };
  readonly TextDecoder: new (
    label: string,
    options: { fatal: boolean; ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array): string };
}

// Node and browsers both have these; the library's types belong to neither.
const { TextDecoder, TextEncoder } = globalThis as unknown as Encoding;

/** Text as UTF-8 bytes. */
export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** UTF-8 bytes as text; a SafetensorsError opening with `where` if they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw fileError(
      `${where}: expected a header in UTF-8, found other bytes; is this a safetensors file?`,
      { cause },
    );
  }
}
