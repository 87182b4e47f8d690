import type { NamedArray } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { type Cell, gruCell, lstmCell } from '@secateur/kernels';
import { argumentError, weightsError } from '../pruner-error.ts';

/** Settings of `torchToSecateur` and `secateurToTorch`. */
export interface TorchOptions {
  /** Which module: `nn.LSTM` (the default) or `nn.GRU`, whose state dicts differ in their shapes alone. */
  readonly cell?: 'lstm' | 'gru';
  /**
   * What stands before `weight_ih_l0` in the state dict, such as `module.rnn.`. `torchToSecateur` finds it where there is
   * one recurrent module, and has to be told where there are several; for `secateurToTorch` the default is nothing.
   */
  readonly prefix?: string;
  /**
   * Our name of a layer (0, 1, ...) and direction; default `lstm1`, `lstm2`, ... or `gru1`, `gru2`, ..., and
   * `lstm1/backward` for the reverse direction of a bidirectional one.
   */
  readonly name?: (layer: number, reverse: boolean) => string;
  /** For `secateurToTorch`: whether the module has biases; default true. Without, ours must be zero. */
  readonly bias?: boolean;
}

/** A module of PyTorch's, with the order of its blocks on its side and on ours, which is Keras's. */
interface Module {
  readonly module: string;
  readonly theirs: string;
  readonly ours: string;
}

const moduleOf = (module: string, { orders }: Cell): Module => ({
  ...{ module, theirs: orders['torch']!, ours: orders['keras']! },
});

/** PyTorch's modules by their cells. */
export const cells: Readonly<Record<'lstm' | 'gru', Module>> = {
  lstm: moduleOf('nn.LSTM', lstmCell),
  gru: moduleOf('nn.GRU', gruCell),
};

/** Options with their defaults, and what is known of the cell. */
export type Settings = Required<Pick<TorchOptions, 'cell' | 'name'>> & Module;

/** Fills in the defaults. */
export function settingsOf(caller: string, options: TorchOptions): Settings {
  const names = { cell: true, prefix: true, name: true, bias: true } as const;
  checkOptions(caller, options, names, argumentError);
  const { cell = 'lstm' } = options;
  if (!Object.hasOwn(cells, cell)) {
    throw weightsError(`${caller}: expected cell "lstm" or "gru", found "${String(cell)}".`);
  }
  const name = (layer: number, reverse: boolean): string =>
    `${cell}${layer + 1}${reverse ? '/backward' : ''}`;
  return { cell, name: options.name ?? name, ...cells[cell] };
}

/** Weights that are being collected. */
export type Collected = Map<string, NamedArray>;

/** Adds a weight under a name that must be free: nothing may be lost. */
export function putNew(caller: string, weights: Collected, key: string, value: NamedArray): void {
  if (weights.has(key)) {
    throw weightsError(
      `${caller}: expected a name for each weight, found "${key}" for two; give each layer, direction and module one of its own with name or prefix.`,
    );
  }
  weights.set(key, value);
}

/** Adds up the biases that exist; none at all is a layer without bias, which adds zeros. */
export function sumBiases(
  caller: string,
  biases: readonly (NamedArray | undefined)[],
  width: number,
  layer: string,
): NamedArray {
  const data = new Float32Array(width);
  for (const bias of biases) {
    if (bias === undefined) continue;
    if (bias.data.length !== width) {
      throw weightsError(
        `${caller}: expected ${width} values in each bias of layer ${layer}, found ${bias.data.length}; were the weights mixed with another layer's?`,
      );
    }
    for (let i = 0; i < width; i++) data[i]! += bias.data[i]!;
  }
  return { shape: [width], data };
}
