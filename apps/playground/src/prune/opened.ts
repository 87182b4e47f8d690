import type { Layout, Weights } from '@secateur/groups';
import type { PruneReport } from '@secateur/pruner';

/** A file as a person gave it. */
export interface Given {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A model that was read from files. */
export interface Opened {
  /** What it is, for a person. */
  readonly title: string;
  readonly name: string;
  /** Size of all its files. */
  readonly bytes: number;
  readonly layout: Layout;
  readonly weights: Weights;
  /** Dimensions that may lose components. */
  readonly dims: readonly string[];
  /** What a reader should know: which layers keep their units, and why. */
  readonly notes: readonly string[];
  /** The same model with at most this share of its multiply-adds; with null only what nothing reads goes. */
  smaller(share: number | null): Smaller;
}

/** A model that lost components. */
export interface Smaller {
  readonly files: readonly Given[];
  readonly report: PruneReport;
  /** Whether it computes exactly what the whole one does. */
  readonly exact: boolean;
}

/** Why a file cannot be pruned; the message is for a person. */
export class FileError extends Error {
  override readonly name: string = 'FileError';
}

/** `network.onnx` as `network-small.onnx`. */
export const smallName = (name: string): string => name.replace(/(\.[^.]*)?$/, '-small$1');
