// Which build of our kernels a process takes is decided by what its engine accepts, so a build is chosen by how the
// process is started.

/** The builds of our kernels: WebAssembly SIMD as every engine has it, or with the fused multiply-add of relaxed SIMD. */
export type Simd = 'plain' | 'relaxed';

const FLAG = '--experimental-wasm-relaxed-simd';

/** Node 20 has relaxed SIMD behind a flag; from 22 on it is there, and the flag is not. */
const needsFlag = Number.parseInt(process.versions.node) < 22;

/** A module with one relaxed instruction, `i8x16.relaxed_swizzle`. */
const probe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
);

/** The richest build that this process accepts. */
export function simdHere(): Simd {
  return WebAssembly.validate(probe) ? 'relaxed' : 'plain';
}

/** The builds that child processes of this engine can be given. */
export function simdOfEngine(): Simd[] {
  return simdHere() === 'relaxed' || needsFlag ? ['plain', 'relaxed'] : ['plain'];
}

/** Node's options for a child that shall take this build. */
export function simdFlags(simd: Simd): string[] {
  return simd === 'relaxed' && needsFlag ? [FLAG] : [];
}

/**
 * Makes this process take the plain build: newer engines have no flag that switches relaxed SIMD off, but our module
 * asks `WebAssembly.validate` before it takes a build, so that answer is changed.
 */
export function refuseRelaxed(): void {
  const validate = WebAssembly.validate.bind(WebAssembly);
  WebAssembly.validate = (bytes) => {
    const view = ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes as ArrayBuffer);
    // Relaxed instructions are 0xfd, then 0x100 to 0x113 in LEB128.
    const relaxed = view.some(
      (byte, i) =>
        byte === 0xfd && view[i + 2] === 2 && view[i + 1]! >= 0x80 && view[i + 1]! <= 0x93,
    );
    return !relaxed && validate(bytes);
  };
}
