// What the runner tells the tests, and the tests the runner.
import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Names of the fused kernels that docs/backends.md says each backend brings. */
    documented: Readonly<Record<string, readonly string[]>>;
    /** The WebGPU adapter that must be in use, such as `google/swiftshader`; empty for any. */
    adapter: string;
    /** Where a page finds the binaries of the wasm backend. */
    binaries: string;
  }
}

declare module '@vitest/runner' {
  interface TaskMeta {
    /** What was active in this run, for the table of test:backends. */
    active?: Readonly<Record<string, string | number>>;
    /** Digest of what this run computed, to compare with other targets. */
    bits?: string;
  }
}
