import { arch } from 'node:process';

/** What decides the bits of a training on our WASM backend beside its settings. */
export interface Build {
  /** The processor, as Node names it, such as `x64`. */
  readonly arch: string;
  /** Which kernels `@secateur/backend-wasm` takes here: `relaxed` multiply and add in one rounding, `plain` in two. */
  readonly simd: 'plain' | 'relaxed';
}

/** A module of one function with one `f32x4.relaxed_madd`, which an engine without relaxed SIMD refuses. */
const relaxed = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x10, 0x01, 0x0e, 0x01, 0x01, 0x7b],
  ...[0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02, 0x1a, 0x0b],
);

// Types of Node without those of a browser leave it out.
const { WebAssembly: engine } = globalThis as unknown as {
  readonly WebAssembly: { validate(bytes: Uint8Array): boolean };
};

/** The build of this machine and this Node. */
export const thisBuild = (): Build => ({
  arch,
  simd: engine.validate(relaxed) ? 'relaxed' : 'plain',
});

/** Whether a training gets the same bits on both. */
export const isSameBuild = (a: Build, b: Build): boolean => a.arch === b.arch && a.simd === b.simd;

/** A build in words. */
export const describeBuild = ({ arch, simd }: Build): string => `${arch} with ${simd} SIMD`;
