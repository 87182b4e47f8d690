import type { BackendName } from './backend-driver.ts';

/** A backend that was not taken, and why. */
export interface SkippedBackend {
  /** The backend. */
  readonly name: BackendName;
  /** What stood against it. */
  readonly reason: string;
  /** What would make it available. */
  readonly fix?: string;
}

/** The backend that computes now. */
export interface BackendDescription {
  /** The backend. */
  readonly name: BackendName;
  /** Why this one. */
  readonly reason: string;
  /** The better ones that `auto` could not take, best first. */
  readonly skipped: readonly SkippedBackend[];
  /** What it makes use of, such as `{ simd: 'plain', threads: 2 }` on wasm; empty where there is nothing to tell. */
  readonly features: Readonly<Record<string, string | number>>;
  /** Versions of TensorFlow.js, the backend and the JavaScript engine, by name. */
  readonly versions: Readonly<Record<string, string>>;
}
