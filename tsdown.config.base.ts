import type { UserConfig } from 'tsdown';

/** One build recipe for every published package. */
export const library: UserConfig = {
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  fixedExtension: false,
  unbundle: true,
  // The neutral platform knows no built-ins; the rooms that need Node name them on purpose.
  external: [/^node:/],
  dts: { oxc: true },
  sourcemap: true,
  // Every tarball carries the licence, which the repository holds once, where npm and licence checkers look for it.
  copy: [{ from: '../../LICENSE', to: '.' }],
  // publint and attw check the packed tarballs in tools/consumer. tsdown's own hooks for them read a tarball whose
  // folder they are deleting at the same time (0.21.10, packTarball), which fails a build now and then.
};
