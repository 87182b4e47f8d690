import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { recurrentSequence } from '@secateur/backend/kernels';
import { recurrentWeights, type DescribedRecurrent } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import {
  blockOrder,
  gruCell,
  gruResetBeforeCell,
  lstmCell,
  rhnCell,
  weightBlocks,
  type Cell,
} from '@secateur/kernels';
import { callerOf, checkRate } from '../check.ts';
import { argumentError, tensorsError } from '../error.ts';
import { variationalMask } from '../variational-dropout.ts';
import { weightOf, type Layer, type NamedTensors } from './layer.ts';

/** What every recurrent layer is told. */
export interface RecurrentLayerOptions {
  /** The axis that it reads, in the notation: `embed`, or `fwd + bwd`. */
  readonly input: string;
  /** The dimension of its units. */
  readonly units: string;
  /** Order of the blocks of columns in its weights; by default the cell's own. */
  readonly gates?: string;
  /** Repetitions in a step, of a cell that repeats; default 1. */
  readonly depth?: number;
  /** Settings of the cell by name; by default the cell's. */
  readonly settings?: Readonly<Record<string, number>>;
  /**
   * Probability that the recurrent products read 0 in place of a unit's state, in training, of a cell with a mask: one mask for
   * all steps of a sequence, as {@link variationalMask} draws it.
   */
  readonly stateDropout?: number;
}

/** Options of {@link lstmLayer}. */
export interface LstmLayerOptions extends Pick<RecurrentLayerOptions, 'input' | 'units' | 'gates'> {
  /** Added to the forget gate before its sigmoid, default 0; on top of the bias. */
  readonly forgetBias?: number;
}

/** Options of {@link gruLayer}. */
export interface GruLayerOptions extends Pick<RecurrentLayerOptions, 'input' | 'units' | 'gates'> {
  /** Whether the reset gate acts after the recurrent product; default true, as in PyTorch and Keras. */
  readonly resetAfter?: boolean;
}

/** Options of {@link rhnLayer}. */
export interface RhnLayerOptions extends Pick<
  RecurrentLayerOptions,
  'input' | 'units' | 'stateDropout'
> {
  /** How often a step passes the state on. */
  readonly depth: number;
  /** Added to the transform gates before their sigmoid, default 0; on top of the bias. */
  readonly transformBias?: number;
}

/** A recurrent layer as data and a function. */
export type RecurrentLayer = Layer & DescribedRecurrent;

/**
 * Any cell of `@secateur/kernels`, or one of your own, over `x [batch, time, input]`: `name/kernel`, `name/recurrent` and what
 * else the cell has. Its states are called `name/h` and so on, after those of the cell.
 *
 * @throws {@link CellError} for an option that the cell has no use for, and for a `stateDropout` that is not at least 0 and below 1.
 * @throws `GroupError` for a `depth` that is no whole number from 1, or above it for a cell that does not repeat.
 *
 * @example
 * ```ts
 * import { recurrentLayer, sequence } from '@secateur/cells';
 * import { layoutShapes } from '@secateur/groups';
 * import { liGruCell } from '@secateur/kernels';
 *
 * const layer = recurrentLayer('rnn', liGruCell, { input: 'features', units: 'hidden' });
 * layer.states; // => { 'rnn/h': 'hidden' }
 * const shapes = layoutShapes(sequence(layer).layout({ features: 2, hidden: 3 }));
 * shapes; // => { 'rnn/kernel': [2, 6], 'rnn/recurrent': [3, 6], 'rnn/bias': [6] }
 * ```
 */
export function recurrentLayer(
  name: string,
  cell: Cell,
  options: RecurrentLayerOptions,
): RecurrentLayer {
  const names = {
    input: true,
    units: true,
    gates: true,
    depth: true,
    settings: true,
    stateDropout: true,
  } as const;
  checkOptions(name, options, names, argumentError);
  const { input, units, depth, settings = {}, stateDropout } = options;
  const order = options.gates ?? cell.blocks.map((block) => block.name).join('');
  blockOrder(cell, order);
  checkSettings(name, cell, settings, stateDropout);
  const parts = Object.keys(weightBlocks(cell));
  const stateNames = cell.states.map((state) => [state, `${name}/${state}`] as const);
  return {
    kind: 'recurrent',
    name,
    cell,
    order,
    settings,
    units,
    weights: recurrentWeights(
      cell,
      { name, input, units, ...(depth !== undefined && { depth }) },
      name,
    ),
    states: Object.fromEntries(stateNames.map(([, full]) => [full, units])),
    draws: stateDropout === undefined ? 0 : 1,
    apply(weights, x, { state = {}, training } = {}) {
      const weightEntries = parts.map((part) => [
        part,
        weightOf<Tensor>(weights, name, `${name}/${part}`),
      ]);
      const before = stateNames
        .filter(([, full]) => state[full] !== undefined)
        .map(([short, full]) => [short, state[full]!]);
      if (before.length > 0 && before.length < stateNames.length) {
        const missing = stateNames.find(([, full]) => state[full] === undefined)!;
        throw tensorsError(
          `${name}: expected all states or none, found no "${missing[1]}"; pass those that apply or zeroState gave.`,
        );
      }
      const inputs = {
        x: x as Tensor3D,
        weights: Object.fromEntries(weightEntries) as Record<string, Tensor>,
        states: Object.fromEntries(before) as Record<string, Tensor2D>,
        ...(training !== undefined && stateDropout !== undefined && stateDropout > 0
          ? {
              masks: masksOf(
                cell,
                [x.shape[0]!, unitsOf({ name, cell }, weights)],
                stateDropout,
                training.seed,
              ),
            }
          : {}),
      };
      const { y, states } = recurrentSequence(cell, inputs, { order, settings }, callerOf(name));
      const after = stateNames.map(([short, full]) => [full, states[short]!]);
      return { outputs: y, state: Object.fromEntries(after) as Record<string, Tensor2D> };
    },
  };
}

/**
 * An LSTM: `name/kernel [input, 4 units]`, `name/recurrent [units, 4 units]`, `name/bias [4 units]`; see {@link lstm}.
 *
 * @example
 * ```ts
 * import { ones, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { lstmLayer, sequence, weightTensors } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const net = sequence(lstmLayer('lstm', { input: 'features', units: 'hidden', forgetBias: 1 }));
 * const [shape, states] = tidy(() => {
 *   const weights = weightTensors(net.init({ features: 2, hidden: 3 }, 1));
 *   const { state } = net.apply(weights, ones([1, 4, 2]));
 *   const { outputs } = net.apply(weights, ones([1, 5, 2]), { state }); // reads on
 *   return [outputs.shape, Object.keys(state)];
 * });
 * shape; // => [1, 5, 3]
 * states; // => ['lstm/h', 'lstm/c']
 * ```
 */
export function lstmLayer(name: string, options: LstmLayerOptions): RecurrentLayer {
  const names = { input: true, units: true, gates: true, forgetBias: true } as const;
  checkOptions(name, options, names, argumentError);
  const { forgetBias = 0, ...rest } = options;
  return recurrentLayer(name, lstmCell, { ...rest, settings: { forgetBias } });
}

/**
 * A GRU: blocks of 3 units, and with `resetAfter` a `name/recurrentBias [3 units]`; see {@link gru}.
 *
 * @example
 * ```ts
 * import { gruLayer } from '@secateur/cells';
 *
 * const axes = { input: 'features', units: 'hidden' };
 * const torch = gruLayer('g', { ...axes, gates: 'rzn' }); // PyTorch's order
 * Object.keys(torch.weights); // => ['g/kernel', 'g/recurrent', 'g/bias', 'g/recurrentBias']
 * const before = gruLayer('g', { ...axes, resetAfter: false });
 * Object.keys(before.weights); // => ['g/kernel', 'g/recurrent', 'g/bias']
 * ```
 */
export function gruLayer(name: string, options: GruLayerOptions): RecurrentLayer {
  const names = { input: true, units: true, gates: true, resetAfter: true } as const;
  checkOptions(name, options, names, argumentError);
  const { resetAfter = true, ...rest } = options;
  return recurrentLayer(name, resetAfter ? gruCell : gruResetBeforeCell, rest);
}

/**
 * A Recurrent Highway Network: `name/recurrent [units, depth * 2 units]`; see {@link rhn}.
 *
 * @example
 * ```ts
 * import { rhnLayer, sequence } from '@secateur/cells';
 * import { layoutShapes } from '@secateur/groups';
 *
 * const layer = rhnLayer('rhn', { input: 'width', units: 'width', depth: 3, transformBias: -2 });
 * const shapes = layoutShapes(sequence(layer).layout({ width: 5 }));
 * shapes; // => { 'rhn/kernel': [5, 10], 'rhn/recurrent': [5, 30], 'rhn/bias': [30] }
 * ```
 */
export function rhnLayer(name: string, options: RhnLayerOptions): RecurrentLayer {
  const names = {
    input: true,
    units: true,
    depth: true,
    transformBias: true,
    stateDropout: true,
  } as const;
  checkOptions(name, options, names, argumentError);
  const { transformBias = 0, ...rest } = options;
  return recurrentLayer(name, rhnCell, { ...rest, settings: { transformBias } });
}

/** The units that a layer has in these weights. */
export function unitsOf(
  { name, cell }: Pick<DescribedRecurrent, 'name' | 'cell'>,
  weights: NamedTensors,
): number {
  const recurrent = weights[`${name}/recurrent`];
  if (recurrent !== undefined) return recurrent.shape[0]!;
  const kernel = weightOf<Tensor>(weights, name, `${name}/kernel`);
  return kernel.shape[1]! / blockOrder(cell).input.length;
}

function masksOf(
  cell: Cell,
  [batch, units]: readonly [number, number],
  rate: number,
  seed: number,
): Record<string, Tensor2D> {
  const mask = variationalMask(batch, units, rate, seed);
  return Object.fromEntries(cell.masks.map((each) => [each, mask]));
}

/** A setting or a dropout that the cell does not have would change nothing without a word. */
function checkSettings(
  name: string,
  cell: Cell,
  settings: Readonly<Record<string, number>>,
  stateDropout: number | undefined,
): void {
  const known = Object.keys(cell.settings);
  const other = Object.keys(settings).find((each) => !known.includes(each));
  if (other !== undefined) {
    throw argumentError(
      `${name}: expected settings of the cell "${cell.name}" to be ${known.join(', ') || 'none'}, found "${other}"; leave it out.`,
    );
  }
  const bad = Object.entries(settings).find(([, value]) => !Number.isFinite(value));
  if (bad !== undefined) {
    throw argumentError(
      `${name}: expected ${bad[0]} to be a finite number, found ${bad[1]}; pass a number.`,
    );
  }
  if (stateDropout !== undefined && cell.masks.length === 0) {
    throw argumentError(
      `${name}: expected no stateDropout, as the cell "${cell.name}" has no mask, found ${stateDropout}; drop the layer's input instead.`,
    );
  }
  if (stateDropout !== undefined) checkRate(name, stateDropout, 'stateDropout');
}
