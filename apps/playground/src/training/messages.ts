import type { PruneReport } from '@secateur/pruner';
import type { Settings } from '../settings.ts';
import type { Gesture } from '../tasks/gesture-task.ts';

/** What the page tells the worker. */
export type Order =
  | { readonly kind: 'prepare'; readonly settings: Settings }
  | { readonly kind: 'run' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'step' }
  | { readonly kind: 'classify'; readonly gesture: Gesture }
  | { readonly kind: 'write'; readonly format: Format };

/** What a trained network can be downloaded as; `check` is an input with the outputs that were computed here. */
export type Format = 'safetensors' | 'layers-model' | 'onnx' | 'check';

/** What the network costs. */
export interface Cost {
  readonly sizes: Readonly<Record<string, number>>;
  readonly parameters: number;
  readonly macs: number;
  readonly bytes: number;
  /** Median time of a step of training; null before there is one. */
  readonly milliseconds: number | null;
}

/** One column of weights' strengths between two layers, `[from, to]`, the largest of a layer 255. */
export interface Links {
  readonly from: number;
  readonly to: number;
  readonly strengths: Uint8Array;
}

/** How a training stands. */
export interface Progress {
  readonly step: number;
  /** Mean loss since the report before. */
  readonly loss: number | null;
  readonly validation: number;
  /** The same of the dense network, which learns beside it without a penalty. */
  readonly denseValidation: number;
  /** Norms of the components of each layer, in the numbering of the whole network; 0 of what is gone. */
  readonly norms: readonly Float32Array[];
  readonly links: readonly Links[];
  readonly now: Cost;
  readonly whole: Cost;
  /** The largest difference that removing components made to any output so far. */
  readonly difference: number;
}

/** What the network says, beside what the dense one says. */
export type Sample =
  | { readonly kind: 'text'; readonly given: string; readonly now: string; readonly dense: string }
  | {
      readonly kind: 'series';
      /** How many values were given; the others of `now` and `dense` follow from what came before. */
      readonly given: number;
      readonly truth: Float32Array;
      readonly now: Float32Array;
      readonly dense: Float32Array;
    }
  | {
      readonly kind: 'gestures';
      readonly accuracy: number;
      readonly denseAccuracy: number;
    };

/** What the network takes a gesture for: a probability for each kind. */
export interface Classified {
  readonly now: readonly number[];
  readonly dense: readonly number[];
}

/** What the worker tells the page. */
export type News =
  | {
      readonly kind: 'ready';
      readonly backend: string;
      /** Threads that WASM computes with; null of another backend. */
      readonly threads: number | null;
      readonly progress: Progress;
    }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'sample'; readonly step: number; readonly sample: Sample }
  | { readonly kind: 'classified'; readonly classified: Classified }
  | { readonly kind: 'finished'; readonly report: PruneReport }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly type: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly during: Order['kind'] };
