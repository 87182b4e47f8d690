import type { FusedKernelName } from './kernels.ts';

/**
 * A shape by the names of its sizes: `['batch', 'units']`, and `[]` for a number. A first entry such as `'...shape'` stands for any
 * number of axes. The same name is the same size in all inputs and outputs of a kernel.
 */
export type NamedShape = readonly string[];

/** Inputs by name, and what a check of them needs to know. */
export interface InputContract {
  /** The shape of each input, in the order in which they are checked; float32 unless in `indices`. */
  readonly inputs: Readonly<Record<string, NamedShape>>;
  /** The inputs that may be left out. */
  readonly optional?: readonly string[];
  /** The int32 inputs, each with the size that its values are indices of. */
  readonly indices?: Readonly<Record<string, string>>;
  /** The sizes that are 1 or more. All others may be 0, as pruning can leave them. */
  readonly nonEmpty?: readonly string[];
}

/**
 * What an attribute may be: a finite number, of some range where one is named; one of some words; or `other`, which the kernel's function
 * checks by itself.
 */
export type AttributeKind =
  'finite' | 'from 0' | 'above 0' | 'from 0 to 1' | 'other' | readonly string[];

/** What a fused kernel reads and returns, as data: the checks, the table in `docs/kernels.md` and the tests come from it. */
export interface KernelContract extends InputContract {
  /** The inputs that a cell has by name, with what their shapes are; the kernel's inputs are then numbered. */
  readonly byCell?: Readonly<Record<string, NamedShape | 'weightShapes'>>;
  /** What each attribute may be, by its name. */
  readonly attributes?: Readonly<Record<string, AttributeKind>>;
  /** The outputs, in their order. */
  readonly outputs: Readonly<Record<string, NamedShape>>;
  /** The outputs that are kept for the gradient. */
  readonly saved?: readonly string[];
}

/** What the kernels with a penalized gradient read. */
const penalized = {
  weight: ['...shape'],
  gradient: ['...shape'],
  rows: ['rows'],
  columns: ['columns'],
} as const;
const step = { ...penalized, scale: [] } as const;

const cellOutputs = {
  y: ['batch', 'time', 'units'],
  activations: ['time', 'batch', 'kept'],
  states: ['time', 'batch', 'kept states'],
} as const;
const byCell = {
  weights: 'weightShapes',
  states: ['batch', 'units'],
  masks: ['batch', 'units'],
} as const;
const cellAttributes = { cell: 'other', order: 'other', settings: 'other' } as const;
const stepAttributes = { learningRate: 'finite', threshold: 'from 0' } as const;

/**
 * The contract of each fused kernel, by its name.
 *
 * @example
 * ```ts
 * import { contracts } from '@secateur/backend/kernels';
 *
 * const { inputs, outputs, indices, saved } = contracts.SparseSoftmaxCrossEntropy;
 * inputs; // => { logits: ['rows', 'classes'], labels: ['rows'] }
 * indices; // => { labels: 'classes' }
 * Object.keys(outputs); // => ['loss', 'probabilities']
 * saved; // => ['probabilities']
 * contracts.ShrinkWeight.optional; // => ['rows', 'columns']
 * ```
 */
export const contracts: Readonly<Record<FusedKernelName, KernelContract>> = {
  RecurrentSequence: {
    inputs: { x: ['batch', 'time', 'input'] },
    byCell,
    attributes: cellAttributes,
    outputs: { ...cellOutputs, 'last of each state but the output': ['batch', 'units'] },
    saved: ['y', 'activations', 'states'],
    nonEmpty: ['batch', 'time'],
  },
  RecurrentSequenceGrad: {
    inputs: { x: ['batch', 'time', 'input'], dy: ['batch', 'time', 'units'], ...cellOutputs },
    byCell: { ...byCell, 'd state but the output': ['batch', 'units'] },
    attributes: cellAttributes,
    outputs: { 'the gradient of each input but the masks': ['...shape'] },
    nonEmpty: ['batch', 'time'],
  },
  SparseSoftmaxCrossEntropy: {
    inputs: { logits: ['rows', 'classes'], labels: ['rows'] },
    indices: { labels: 'classes' },
    outputs: { loss: ['rows'], probabilities: ['rows', 'classes'] },
    saved: ['probabilities'],
    nonEmpty: ['rows', 'classes'],
  },
  SparseSoftmaxCrossEntropyGrad: {
    inputs: { dy: ['rows'], probabilities: ['rows', 'classes'], labels: ['rows'] },
    indices: { labels: 'classes' },
    outputs: { dlogits: ['rows', 'classes'] },
    nonEmpty: ['rows', 'classes'],
  },
  DistilledCrossEntropy: {
    inputs: { logits: ['rows', 'classes'], teacher: ['rows', 'classes'], labels: ['rows'] },
    indices: { labels: 'classes' },
    attributes: { share: 'from 0 to 1', temperature: 'above 0' },
    outputs: { loss: ['rows'], dlogits: ['rows', 'classes'] },
    saved: ['dlogits'],
    nonEmpty: ['rows', 'classes'],
  },
  GroupSquaredNorms: {
    inputs: { x: ['...shape'] },
    attributes: { axes: 'other' },
    outputs: { 'squared norms of each axis': ['size of axis'] },
  },
  PenaltyFactors: {
    inputs: {
      squares: ['slices'],
      sources: ['slices of a component', 'components'],
      sourceFactors: ['slices of a component', 'components'],
      targets: ['components of a slice', 'slices'],
      targetFactors: ['components of a slice', 'slices'],
      weighting: ['components'],
    },
    optional: ['weighting'],
    indices: { sources: 'slices', targets: 'components' },
    attributes: { rule: ['subgradient', 'proximal'], lambda: 'from 0', epsilon: 'from 0' },
    outputs: { factors: ['slices'] },
    nonEmpty: ['slices of a component', 'components of a slice'],
  },
  PenalizedSquaredNorm: {
    inputs: penalized,
    optional: ['weight', 'rows', 'columns'],
    outputs: { squares: [] },
  },
  PenalizedGradient: {
    inputs: step,
    optional: ['weight', 'rows', 'columns', 'scale'],
    outputs: { gradient: ['...shape'] },
  },
  SgdStep: {
    inputs: step,
    optional: ['rows', 'columns', 'scale'],
    attributes: stepAttributes,
    outputs: { weight: ['...shape'] },
  },
  AdamStep: {
    inputs: {
      ...step,
      firstMoment: ['...shape'],
      secondMoment: ['...shape'],
      correction1: [],
      correction2: [],
    },
    optional: ['rows', 'columns', 'scale'],
    attributes: { ...stepAttributes, beta1: 'from 0', beta2: 'from 0', epsilon: 'from 0' },
    outputs: { weight: ['...shape'], firstMoment: ['...shape'], secondMoment: ['...shape'] },
  },
  ShrinkWeight: {
    inputs: { weight: ['...shape'], rows: ['rows'], columns: ['columns'] },
    optional: ['rows', 'columns'],
    attributes: { threshold: 'from 0' },
    outputs: { weight: ['...shape'] },
  },
};
