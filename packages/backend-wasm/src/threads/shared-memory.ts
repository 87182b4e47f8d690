const IMPORTS = 2;
const MEMORIES = 5;
const SHARED = 2;

/**
 * Returns a WebAssembly binary whose one memory, defined or imported, is shared among threads or not; everything else
 * stays. The limits of a memory begin with a byte of flags (WebAssembly core specification with threads, binary format of
 * limits), one bit of which makes it shared; both TensorFlow.js's module and ours name a maximum, as a shared memory must.
 */
export function withMemoryShared(
  binary: Uint8Array<ArrayBuffer>,
  shared: boolean,
): Uint8Array<ArrayBuffer> {
  const copy = binary.slice();
  const at = memoryFlags(copy);
  copy[at] = shared ? copy[at]! | SHARED : copy[at]! & ~SHARED;
  return copy;
}

/** Position of the flags of the only memory. */
function memoryFlags(binary: Uint8Array): number {
  // A header of eight bytes, then sections: an id, a length, contents.
  const reader = { at: 8 };
  while (reader.at < binary.length) {
    const section = binary[reader.at++];
    const length = readNumber(binary, reader);
    const end = reader.at + length;
    if (section === MEMORIES || section === IMPORTS) {
      const count = readNumber(binary, reader);
      if (section === MEMORIES) return reader.at;
      // Our module imports its memory and nothing else; TensorFlow.js's imports only functions.
      const memory = count === 1 ? importedMemory(binary, reader) : undefined;
      if (memory !== undefined) return memory;
    }
    reader.at = end;
  }
  throw new Error(
    'withMemoryShared: expected a WebAssembly module with a memory, found none; is the file whole?',
  );
}

function importedMemory(binary: Uint8Array, reader: { at: number }): number | undefined {
  for (let name = 0; name < 2; name++) {
    const length = readNumber(binary, reader);
    reader.at += length;
  }
  const memoryKind = 2;
  return binary[reader.at++] === memoryKind ? reader.at : undefined;
}

/** Reads an unsigned LEB128 number and moves on behind it. */
function readNumber(binary: Uint8Array, reader: { at: number }): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = binary[reader.at++]!;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
}
