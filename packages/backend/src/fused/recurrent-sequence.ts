import {
  ones,
  tidy,
  zeros,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import {
  blockOrder,
  type BlockOrder,
  type Cell,
  checkNames,
  KernelError,
  weightBlocks,
  weightShapes,
} from '@secateur/kernels';
import { argumentError } from '../backend-error.ts';
import {
  cellAttributes,
  cellDone,
  cellInputs,
  gradientNames,
  inputNames,
  otherStates,
} from './cell-kernel.ts';
import { checkInputs, checkTensor, type Caller } from './check.ts';
import { composedCell, composedCellGrad } from './composed-cell.ts';
import { contracts } from './contract.ts';
import { runFused, type FusedKernel } from './registry.ts';
import { lastStep } from './time-major.ts';

/** What {@link recurrentSequence} reads; all float32. */
export interface RecurrentSequenceInputs {
  /** Inputs of every step, `[batch, time, input]`. */
  readonly x: Tensor3D;
  /** By name, the weights that the cell has: see `weightShapes` of `@secateur/kernels`. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** By name, the states before the first step, `[batch, units]`; zeros when left out. */
  readonly states?: Readonly<Record<string, Tensor2D>>;
  /** By name, `[batch, units]`; ones when left out. Constants. */
  readonly masks?: Readonly<Record<string, Tensor2D>>;
}

/** How {@link recurrentSequence} reads its weights. */
export interface RecurrentSequenceAttributes {
  /** The order of the blocks of columns; by default the cell's own. */
  readonly order?: string;
  /** By name; by default the cell's. */
  readonly settings?: Readonly<Record<string, number>>;
}

/** What {@link recurrentSequence} returns. */
export interface RecurrentSequenceOutputs {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly y: Tensor3D;
  /** By name, the states after the last step, `[batch, units]`. */
  readonly states: Readonly<Record<string, Tensor2D>>;
}

/**
 * `RecurrentSequence` from ordinary operations: `y`, `activations`, `states`, then the last of each other state.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedRecurrentSequence } from '@secateur/backend/kernels';
 * import { simpleRnnReluCell } from '@secateur/kernels';
 *
 * await useBackend('cpu');
 * // The kernel's inputs are numbered: x, kernel, recurrent, bias, the state before.
 * const [x, one, zero] = [tensor3d([[[1], [2]]]), tensor2d([[1]]), tensor2d([[0]])];
 * const inputs = { 0: x, 1: one, 2: one, 3: tensor1d([0]), 4: zero };
 * const run = () => composedRecurrentSequence(inputs, { cell: simpleRnnReluCell as never });
 * tidy(() => run()[0]!.dataSync()); // => [1, 3]
 * ```
 */
export function composedRecurrentSequence(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): Tensor[] {
  const { cell, ...rest } = cellAttributes(attributes);
  const { y, activations, saved, states } = composedCell(cell, cellInputs(cell, inputs), rest);
  return [y, activations, saved, ...otherStates(cell).map((name) => states[name]!)];
}

/**
 * `RecurrentSequenceGrad` from ordinary operations: the gradients of all inputs but the masks, in their order.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tensor3d, tidy, zeros } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedRecurrentSequenceGrad } from '@secateur/backend/kernels';
 * import { simpleRnnReluCell } from '@secateur/kernels';
 *
 * await useBackend('cpu');
 * const [x, one, zero] = [tensor3d([[[1], [2]]]), tensor2d([[1]]), tensor2d([[0]])];
 * const inputs = { 0: x, 1: one, 2: one, 3: tensor1d([0]), 4: zero };
 * // Nothing is saved of a step of this cell but its output.
 * const none = zeros([2, 1, 0]);
 * const done = { y: tensor3d([[[1], [3]]]), activations: none, states: none };
 * const all = { ...inputs, ...done, dy: tensor3d([[[0], [1]]]) };
 * const run = () => composedRecurrentSequenceGrad(all, { cell: simpleRnnReluCell as never });
 * // The gradients of x, kernel, recurrent, bias and the state before; the loss is the last output.
 * tidy(() => run().map((each) => [...each.dataSync()])); // => [[1, 1], [3], [1], [2], [1]]
 * ```
 */
export function composedRecurrentSequenceGrad(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): Tensor[] {
  const { cell, ...rest } = cellAttributes(attributes);
  const done = cellDone(cell, inputs);
  const gradients = composedCellGrad(cell, cellInputs(cell, inputs), done, rest);
  return gradientNames(cell).map(([kind, name]) => {
    if (kind === 'x') return gradients.x;
    return kind === 'weight' ? gradients.weights[name]! : gradients.states[name]!;
  });
}

const backward: FusedKernel = {
  name: 'RecurrentSequenceGrad',
  composed: composedRecurrentSequenceGrad,
};

const gradient: Omit<GradConfig, 'kernelName'> = {
  saveAllInputs: true,
  outputsToSave: [true, true, true],
  gradFunc: (dys, saved, attributes) => {
    const { cell } = cellAttributes(attributes);
    const names = inputNames(cell);
    // A single one comes without an array.
    const [dy, ...dstates] = [dys].flat();
    const tensors = saved as unknown as Tensor[];
    const [y, activations, states] = tensors.slice(names.length);
    const upstream = otherStates(cell).map((name, k) => [`d ${name}`, dstates[k]!] as const);
    // Computed now and not in the functions below: TensorFlow.js calls each in a tidy of its own, and the first would
    // dispose what the others need.
    const computed = runFused(
      backward,
      {
        ...Object.fromEntries(tensors.slice(0, names.length).entries()),
        dy: dy!,
        y: y!,
        activations: activations!,
        states: states!,
        ...Object.fromEntries(upstream),
      },
      attributes,
    );
    const gradients = names.map(([kind, name], k) => () => {
      if (kind !== 'mask') return computed[k]!;
      throw argumentError(
        `recurrentSequence: expected the mask ${name} to be a constant, found a gradient asked of it; make it outside of the differentiated function.`,
      );
    });
    return Object.fromEntries(gradients.entries());
  },
};

const ownName: Caller = { name: 'recurrentSequence', failure: argumentError };
const forward: FusedKernel = {
  name: 'RecurrentSequence',
  composed: composedRecurrentSequence,
  gradient,
  onlySaved: 2,
};

/**
 * Runs a cell over whole sequences as one differentiable kernel. Gradients reach every input but the masks through `y` and the
 * states; second derivatives are not defined. A layer may have no units or no inputs, as pruning can leave it: what it computes
 * is empty, and its gradients are zeros. `caller` is what errors name and are.
 *
 * @throws the caller's error, by default a BackendError, when something is missing, is not known, or has another shape or dtype than the cell gives it.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { recurrentSequence } from '@secateur/backend/kernels';
 * import { simpleRnnReluCell } from '@secateur/kernels';
 *
 * await useBackend('cpu');
 * const x = tensor3d([[[1], [2]]]); // one sequence, two steps, one input
 * const weights = { kernel: tensor2d([[1]]), recurrent: tensor2d([[0.5]]), bias: tensor1d([0]) };
 * tidy(() => recurrentSequence(simpleRnnReluCell, { x, weights }).y.dataSync()); // => [1, 2.5]
 * ```
 */
export function recurrentSequence(
  cell: Cell,
  inputs: RecurrentSequenceInputs,
  attributes: RecurrentSequenceAttributes = {},
  caller: Caller = ownName,
): RecurrentSequenceOutputs {
  const shape = checkCell(caller, cell, inputs, attributes);
  const { x, weights, states = {}, masks = {} } = inputs;
  return tidy(() => {
    const tensors = inputNames(cell).map(([kind, name]): Tensor => {
      if (kind === 'x') return x;
      if (kind === 'weight') return weights[name]!;
      return kind === 'state' ? (states[name] ?? zeros(shape)) : (masks[name] ?? ones(shape));
    });
    // A gradient that saves all inputs wants them in an array.
    const [y, ...last] = runFused(forward, tensors as unknown as NamedTensorMap, {
      cell: cell as never,
      ...attributes,
      settings: { ...attributes.settings } as never,
    });
    const others = otherStates(cell).map((name, k) => [name, last[k] as Tensor2D] as const);
    return {
      y: y as Tensor3D,
      states: { ...Object.fromEntries(others), [cell.output]: lastStep(y as Tensor3D) },
    };
  });
}

/** Checks everything; returns the shape of a state. */
function checkCell(
  caller: Caller,
  cell: Cell,
  { x, weights, states = {}, masks = {} }: RecurrentSequenceInputs,
  { order, settings = {} }: RecurrentSequenceAttributes,
): [number, number] {
  checkInputs(caller, contracts.RecurrentSequence, { x });
  const blocks = orderFor(caller, cell, order);
  const names = Object.keys(weightBlocks(cell));
  checkNames(caller, cell, { weights, states, masks, settings });
  const wanting = names.find((name) => weights[name] === undefined);
  if (wanting !== undefined) {
    throw caller.failure(
      `${caller.name}: expected the weights ${names.join(', ')} of "${cell.name}", found no ${wanting}; see weightShapes for their shapes.`,
    );
  }
  const [batch, , input] = x.shape;
  const { kernel, recurrent } = weights;
  // One of them tells the units, by which all others are checked.
  if (recurrent !== undefined) checkTensor(caller, 'recurrent', recurrent, ['units', 'columns']);
  else if (kernel !== undefined) checkTensor(caller, 'kernel', kernel, [input, 'columns']);
  const units = recurrent?.shape[0] ?? Math.floor(kernel!.shape[1]! / blocks.input.length);
  const depth = depthFrom(caller, cell, recurrent, blocks.recurrent.length);
  for (const [name, shape] of Object.entries(weightShapes(cell, { input, units, depth })))
    checkTensor(caller, name, weights[name]!, shape);
  for (const [name, value] of Object.entries(states))
    checkTensor(caller, `state ${name}`, value, [batch, units]);
  for (const [name, value] of Object.entries(masks))
    checkTensor(caller, name, value, [batch, units]);
  return [batch, units];
}

/** The order of the blocks; that it is a wrong one is said as everything else is. */
function orderFor(caller: Caller, cell: Cell, order: string | undefined): BlockOrder {
  try {
    return blockOrder(cell, order);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw caller.failure(error.message.replace(/^blockOrder/, caller.name));
  }
}

/** How often a cell runs in a step: 1, or what the width of its recurrent weights says. */
function depthFrom(
  caller: Caller,
  cell: Cell,
  recurrent: Tensor | undefined,
  blocks: number,
): number {
  if (!cell.repeats) return 1;
  const [units, columns] = recurrent!.shape as [number, number];
  if (units === 0 && columns === 0) return 1;
  const depth = columns / (blocks * units);
  if (Number.isSafeInteger(depth) && depth > 0) return depth;
  throw caller.failure(
    `${caller.name}: expected recurrent to be [units, depth * ${blocks} * units] with a whole depth of 1 or more, found [${units}, ${columns}]; put the matrices of all depths side by side.`,
  );
}
