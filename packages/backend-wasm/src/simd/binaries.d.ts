// `binaries.js` is made by scripts/build-kernels.mjs and not committed.

/** The kernels for plain SIMD, a WebAssembly binary in base64. */
export const plain: string;
/** The kernels with fused multiply-add from relaxed SIMD, a WebAssembly binary in base64. */
export const relaxed: string;
