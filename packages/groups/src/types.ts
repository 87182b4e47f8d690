/**
 * How a weight uses the dimensions of one of its axes: `reads` for inputs of the layer, `writes` for its outputs,
 * `both` for a tied weight (`<->`).
 */
export type Role = 'reads' | 'writes' | 'both';

/** A run of neighbouring indices of an axis that belong to one dimension, or to none. */
export interface Segment {
  /** Name of the dimension; `undefined` for a fixed width, named or not, that can never be pruned. */
  readonly dim: string | undefined;
  /** First index of the run along the axis. */
  readonly start: number;
  /** Number of indices in the run: the size of the dimension, or the fixed width. */
  readonly size: number;
}

/** What an axis is made of, as the notation says it: the data of which text and JSON are printed forms. */
export type AxisExpression =
  /** A dimension or a fixed width that has a name: `h1`. */
  | { readonly kind: 'dimension'; readonly name: string }
  /** A width without a name: `12`. */
  | { readonly kind: 'fixed'; readonly size: number }
  /** The same several times, one after the other: `4*h1`. */
  | { readonly kind: 'repeat'; readonly times: number; readonly body: AxisExpression }
  /** One after the other: `fwd + bwd`. */
  | { readonly kind: 'sum'; readonly terms: readonly AxisExpression[] };

/** Which way a weight goes: `->` from what it reads to what it writes, `<-` the other way round, `<->` both. */
export type Arrow = '->' | '<-' | '<->';

/** What a weight reads and writes, as the notation says it, without sizes: `vocab -> embed [lookup]`. */
export interface WeightExpression {
  /** The axes left of the arrow, which come first in storage order. */
  readonly before: readonly AxisExpression[];
  /** Which way the weight goes. */
  readonly arrow: Arrow;
  /** The axes right of the arrow. */
  readonly after: readonly AxisExpression[];
  /** Whether rows are fetched by index instead of multiplied, so the weight costs no multiply-adds. */
  readonly lookup: boolean;
  /** Whether the weight takes part in groups; by default weights of rank 2 and more do and biases do not. */
  readonly penalized: boolean;
  /** Whether training leaves the weight as it is; a frozen weight is never penalized. */
  readonly frozen: boolean;
}

/** One axis of a weight: segments one after the other, without gaps. */
export interface Axis {
  /** Whether the weight reads the dimensions of this axis, writes them, or both. */
  readonly role: Role;
  /** Length of the axis, the sum of its segments' sizes. */
  readonly size: number;
  /** The runs that make up the axis, in order. */
  readonly segments: readonly Segment[];
}

/** Where the dimensions appear in one weight: its expression, and what that comes to in the sizes of the layout. */
export interface WeightLayout extends WeightExpression {
  /** The axes in storage order, one for each rank of the weight. */
  readonly axes: readonly Axis[];
}

/** Where every dimension of a model appears: the sizes of the dimensions and the axes of all weights. */
export interface Layout {
  /** Size of each dimension, by name. */
  readonly dims: Readonly<Record<string, number>>;
  /** Widths that have a name but belong to no dimension, by name; left out when there are none. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** The axes of each weight, by the weight's name. */
  readonly weights: Readonly<Record<string, WeightLayout>>;
}

/** A layout as plain JSON: the same notation, one string for each weight. */
export interface LayoutJson {
  /** Size of each dimension, by name. */
  readonly dims: Record<string, number>;
  /** Size of each fixed width, by name; left out when there are none. */
  readonly fixed?: Record<string, number>;
  /** Notation of each weight, by the weight's name, for instance `embed -> 4*h1`. */
  readonly weights: Record<string, string>;
}

/**
 * Where each component of a group set lives in one weight: component `k` is index `start + k` along `axis`, with
 * everything on the other axes.
 */
export interface Slice {
  /** Name of the weight. */
  readonly weight: string;
  /** The axis of the weight that components are indexed along. */
  readonly axis: number;
  /** Index of component 0 along the axis. */
  readonly start: number;
  /** Factor of the slice's *squared* sum inside the norm (`multi` of the original's files); 1 for no scaling. */
  readonly multiplier: number;
}

/** The groups of one dimension: component `k` (0 to `count - 1`) is every slice at index `start + k`. */
export interface GroupSet {
  /** Name of the dimension, or of the group in a group file. */
  readonly name: string;
  /** Number of components, which is the number of groups. */
  readonly count: number;
  /** Where the components live. The same entry counts once for every slice that holds it, as in the paper's code. */
  readonly slices: readonly Slice[];
}

/** Shapes of weights, by the weights' names. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** A weight's values with their shape. */
export interface NamedArray {
  /** Sizes of the axes; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** The values in row-major order, as many as the product of the shape. */
  readonly data: Float32Array;
}

/** The weights of a model, by name. */
export type Weights = Readonly<Record<string, NamedArray>>;
