import type { NamedArray, Weights } from '@secateur/groups';
import { namesText } from '@secateur/input';
import { convertGates } from '../gates.ts';
import { matrixShape, transpose } from '../matrix.ts';
import { weightsError } from '../pruner-error.ts';
import { torchModules, type TorchModule } from './modules.ts';
import { cells, putNew, settingsOf, sumBiases, type TorchOptions } from './settings.ts';

/**
 * Turns the weights of a PyTorch `nn.LSTM` or `nn.GRU` into ours: `weight_ih_l0` `[blocks*units, input]` becomes
 * `lstm1/kernel` `[input, blocks*units]` and `weight_hh_l0` `lstm1/recurrent`.
 *
 * An LSTM's two biases, summed, become `lstm1/bias`, in gate order `ifgo` on both sides. A GRU's stay apart, since its
 * reset gate weighs the second: `gru1/bias` and `gru1/recurrentBias`, blocks in order `zrn` where PyTorch has `rzn`.
 * With projections (`proj_size`) `lstm1/recurrent` is `[projected, 4*units]`, and `weight_hr_l0` becomes
 * `lstm1/projection` `[units, projected]`; no cell of `@secateur/cells` runs these. `batch_first` changes no weight.
 * Weights of other modules are handed on as they are.
 *
 * @throws {@link PrunerError} if there is no such module, several and no prefix, if the shapes are not those of the
 * cell, or if two weights would get one name.
 *
 * @example
 * ```ts
 * import { torchToSecateur } from '@secateur/pruner';
 *
 * // A state dict of one input and one unit; the prefix is found.
 * const ours = torchToSecateur({
 *   'rnn.weight_ih_l0': { shape: [4, 1], data: Float32Array.of(1, 2, 3, 4) },
 *   'rnn.weight_hh_l0': { shape: [4, 1], data: Float32Array.of(5, 6, 7, 8) },
 *   'rnn.bias_ih_l0': { shape: [4], data: Float32Array.of(1, 1, 1, 1) },
 *   'rnn.bias_hh_l0': { shape: [4], data: Float32Array.of(0, 2, 0, 0) },
 * });
 * ours['lstm1/kernel']; // => { shape: [1, 4], data: [1, 2, 3, 4] }
 * ours['lstm1/bias']?.data; // => [1, 3, 1, 1]
 * ```
 */
export function torchToSecateur(weights: Weights, options: TorchOptions = {}): Weights {
  const caller = 'torchToSecateur';
  const { cell, name, theirs, ours: order } = settingsOf(caller, options);
  const { prefix, directions } = findModule(weights, options.prefix);
  const ours = new Map(Object.entries(weights));
  const converted = new Map<string, NamedArray>();
  for (const { layer, reverse, suffix } of directions) {
    const part = (kind: string): NamedArray | undefined => {
      const key = `${prefix}${kind}_${suffix}`;
      ours.delete(key);
      return Object.hasOwn(weights, key) ? weights[key] : undefined;
    };
    const input = part('weight_ih');
    const hidden = part('weight_hh');
    const projection = part('weight_hr');
    checkTorchShapes(cell, suffix, { input, hidden, projection });
    const width = input!.shape[0]!;
    const convert = (array: NamedArray): NamedArray => convertGates(array, theirs, order);
    const biases = [part('bias_ih'), part('bias_hh')];
    const sum = (...some: (NamedArray | undefined)[]): NamedArray =>
      convert(sumBiases(caller, some, width, suffix));
    const layerName = name(layer, reverse);
    putNew(caller, converted, `${layerName}/kernel`, convert(transpose(input!)));
    putNew(caller, converted, `${layerName}/recurrent`, convert(transpose(hidden!)));
    putNew(
      caller,
      converted,
      `${layerName}/bias`,
      cell === 'gru' ? sum(biases[0]) : sum(...biases),
    );
    if (cell === 'gru') putNew(caller, converted, `${layerName}/recurrentBias`, sum(biases[1]));
    if (projection !== undefined) {
      putNew(caller, converted, `${layerName}/projection`, transpose(projection));
    }
  }
  for (const [key, value] of converted) putNew(caller, ours, key, value);
  return Object.fromEntries(ours);
}

/** The module with the given prefix, or the only one. */
function findModule(weights: Weights, prefix: string | undefined): TorchModule {
  const modules = torchModules(Object.keys(weights));
  const names = modules.map((module) => `"${module.prefix}"`).join(', ');
  if (prefix === undefined && modules.length > 1) {
    throw weightsError(
      `torchToSecateur: expected one recurrent module in the state dict, found ${modules.length}; set prefix to one of ${names}, and convert the others by further calls, each with a name of its own.`,
    );
  }
  const match = modules.find((module) => prefix === undefined || module.prefix === prefix);
  if (match !== undefined) return match;
  throw weightsError(
    `torchToSecateur: expected weights named "${prefix ?? ''}weight_ih_l0" and so on, found ${namesText(Object.keys(weights))}; ${modules.length > 0 ? `set prefix to ${names}, or leave it out` : 'is this the state dict of an nn.LSTM or nn.GRU?'}.`,
  );
}

interface TorchParts {
  readonly input: NamedArray | undefined;
  readonly hidden: NamedArray | undefined;
  readonly projection: NamedArray | undefined;
}

function checkTorchShapes(
  cell: keyof typeof cells,
  suffix: string,
  { input, hidden, projection }: TorchParts,
): void {
  const { module, ours } = cells[cell];
  const blocks = ours.length;
  const [width] = matrixShape('torchToSecateur', input);
  const [recurrentWidth, state] = matrixShape('torchToSecateur', hidden);
  const shape = `[${input!.shape.join(', ')}] and [${hidden!.shape.join(', ')}]`;
  if (projection === undefined) {
    if (width === blocks * state && recurrentWidth === width) return;
    throw weightsError(
      `torchToSecateur: expected the weight_ih_${suffix} [${blocks}*units, input] and weight_hh_${suffix} [${blocks}*units, units] of ${module}, found ${shape}; set cell to "lstm" or "gru".`,
    );
  }
  if (cell !== 'lstm') {
    throw weightsError(
      `torchToSecateur: expected no weight_hr_${suffix} in ${module}, found one; only nn.LSTM has projections (proj_size), so set cell to "lstm".`,
    );
  }
  const [projected, units] = matrixShape('torchToSecateur', projection);
  if (width === blocks * units && recurrentWidth === width && projected === state) return;
  throw weightsError(
    `torchToSecateur: expected the weight_ih_${suffix} [4*units, input], weight_hh_${suffix} [4*units, projected] and weight_hr_${suffix} [projected, units] of nn.LSTM, found ${shape} and [${projection.shape.join(', ')}]; were the weights mixed with another layer's?`,
  );
}
