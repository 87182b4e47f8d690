import type { NamedArray, Weights } from '@secateur/groups';
import type { Cell } from '@secateur/kernels';

/** One direction of a recurrent layer: a cell, and its weights under our names, in the cell's own order. */
export interface OwnCell {
  readonly cell: Cell;
  /** Repetitions in a step. */
  readonly depth: number;
  readonly settings: Readonly<Record<string, number>>;
  readonly weights: Weights;
}

/** A layer as our cells run it. */
export type OwnLayer =
  | { readonly kind: 'embedding'; readonly name: string; readonly table: NamedArray }
  | {
      readonly kind: 'recurrent';
      readonly name: string;
      /** The forward direction, and in a bidirectional layer the backward one after it. */
      readonly directions: readonly OwnCell[];
    }
  | {
      readonly kind: 'dense';
      readonly name: string;
      /** `[input, output]` */
      readonly kernel: NamedArray;
      readonly bias: NamedArray | undefined;
      /** Whether the kernel is the table of the embedding, turned round. */
      readonly tied: boolean;
    };

/** A layer, or a module of several, that the names and shapes of weights show. */
export interface Part {
  /** What it is called in the file, as an order of parts names it. */
  readonly name: string;
  readonly kind: OwnLayer['kind'];
  /** Width of what it reads. */
  readonly input: number;
  /** Whether its weights have an axis for what it reads: an embedding reads ids, and a tied head reads by the table of one. */
  readonly reads: boolean;
  /** Sizes of its own dimensions, by name. */
  readonly dims: Readonly<Record<string, number>>;
  /** Those that its output consists of, side by side. */
  readonly outputs: readonly string[];
  /** Its weights in the notation, where it reads `input`. */
  notation(input: string): Record<string, string>;
  /**
   * Its layers as our cells run them.
   *
   * @throws PrunerError (code `weights`) that says why they cannot.
   */
  layers(weights: Weights): OwnLayer[];
}

/** What the names in a file show. */
export interface Parts {
  /** Whose names they are. */
  readonly dialect: Dialect;
  readonly parts: readonly Part[];
  /** Names of the weights that belong to none of them. */
  readonly rest: readonly string[];
}

/** Whose names a file has. */
export type Dialect = 'PyTorch' | 'Keras' | 'Secateur';

/** Width of what a part writes. */
export const outputWidth = ({ dims, outputs }: Part): number =>
  outputs.reduce((sum, dim) => sum + dims[dim]!, 0);

/** The parts that read just the width that a part writes. */
export const readersOf = (part: Part, parts: readonly Part[]): Part[] =>
  parts.filter(
    (each) => each !== part && each.kind !== 'embedding' && each.input === outputWidth(part),
  );
