import type { Cell } from '@secateur/kernels';
import type { WeightExpression } from '../types.ts';

/** What every layer says of itself. */
export interface DescribedLayer {
  /** Its name, with which the names of its weights begin. */
  readonly name: string;
  /** What its weights read and write, by name: `lstm1/kernel` is `embed -> 4*h1`. */
  readonly weights: Readonly<Record<string, WeightExpression>>;
}

/** A table of which rows are looked up. */
export interface DescribedEmbedding extends DescribedLayer {
  readonly kind: 'embedding';
}

/** A recurrent cell over whole sequences. */
export interface DescribedRecurrent extends DescribedLayer {
  readonly kind: 'recurrent';
  readonly cell: Cell;
  /** Order of the blocks of columns in its weights. */
  readonly order: string;
  /** Settings of the cell by name. */
  readonly settings: Readonly<Record<string, number>>;
  /** Name of the dimension of its units. */
  readonly units: string;
}

/** Two recurrent layers, one of which reads each sequence from its end. */
export interface DescribedBidirectional extends DescribedLayer {
  readonly kind: 'bidirectional';
  readonly forward: DescribedRecurrent;
  readonly backward: DescribedRecurrent;
}

/** A product with a matrix. */
export interface DescribedDense extends DescribedLayer {
  readonly kind: 'dense';
  /** Name of its matrix, which may be another layer's. */
  readonly kernel: string;
  /** Whether the matrix is stored `[output, input]`. */
  readonly transposed: boolean;
  /** Name of its bias, if it has one. */
  readonly bias?: string;
}

/** Dropout, which does something in training only. */
export interface DescribedDropout extends DescribedLayer {
  readonly kind: 'dropout';
}

/** A layer as plain data: what it is, and what its weights read and write. */
export type LayerDescription =
  | DescribedBidirectional
  | DescribedDense
  | DescribedDropout
  | DescribedEmbedding
  | DescribedRecurrent;
