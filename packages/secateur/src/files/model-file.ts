import type { CostTarget, Layout, Weights } from '@secateur/groups';
import type { PruneReport } from '@secateur/pruner';
import type { Chain } from '../network/chain.ts';
import type { Runner } from '../network/random.ts';

/** A model, whatever file holds it: a format is a file in this folder that makes one of these. */
export interface ModelFile {
  /** What it is, for a person: `safetensors file with the names of PyTorch`. */
  readonly title: string;
  /** Path, as the user gave it. */
  readonly path: string;
  /** Bytes on disk, of all its files; of one that is not saved, 0 where only that tells. */
  readonly bytes: number;
  readonly weights: Weights;
  readonly layout: Layout;
  /** What a reader should know of the layout: which units stay and why. */
  readonly notes: readonly string[];
  /** Dimensions that may lose components. */
  readonly dims: readonly string[];
  /** Sets of dimensions that the format, or its reader, has in one size. */
  readonly equal: readonly (readonly string[])[];
  /** The same model, smaller. */
  smaller(options: SmallerOptions): Promise<SmallerModel>;
  /** Its layers one after the other; throws a CommandError that says why there are none. */
  chain(): Chain;
  /** What of the model is not in that chain, such as a softmax at its end. */
  readonly notInChain?: string | undefined;
  /** The same model as an ONNX file, of a format that says more than a chain; the chain is written otherwise. */
  toOnnx?(): Promise<Uint8Array>;
  /** What runs it; rejects with a CommandError that says why nothing can. */
  runner(): Promise<Runner>;
  /** Writes it, whole or not at all, and returns the bytes of all its files. */
  save(out: string): Promise<number>;
}

/** What may go. */
export interface SmallerOptions {
  /** What the model may cost; without it only dead components go. */
  readonly target?: CostTarget;
  readonly roundTo?: number;
  readonly atLeast?: number;
  readonly dims?: readonly string[];
  /** Whether dimensions that the format has in one size may come out in different ones. */
  readonly anySize?: boolean;
}

/** A model that lost components, and what it lost. */
export interface SmallerModel {
  readonly model: ModelFile;
  readonly report: PruneReport;
  /** Whether it computes exactly what the whole one does. */
  readonly exact: boolean;
}
