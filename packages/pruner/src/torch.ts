import type { NamedArray, Weights } from '@secateur/groups';
import { convertGates } from './gates.ts';
import { matrixShape, transpose } from './matrix.ts';
import { PrunerError } from './pruner-error.ts';

/** Settings of {@link torchToSecateur} and {@link secateurToTorch}. */
export interface TorchOptions {
  /** Which module: `nn.LSTM` (the default) or `nn.GRU`, whose state dicts differ in their shapes alone. */
  readonly cell?: 'lstm' | 'gru';
  /** What stands before `weight_ih_l0` in the state dict, such as `rnn.`; default nothing. */
  readonly prefix?: string;
  /**
   * Our name of a layer (0, 1, ...) and direction; default `lstm1`, `lstm2`, ... or `gru1`, `gru2`, ..., and
   * `lstm1/backward` for the reverse direction of a bidirectional one.
   */
  readonly name?: (layer: number, reverse: boolean) => string;
}

/** The gate orders of the two sides; PyTorch's module. */
const cells = {
  lstm: { module: 'nn.LSTM', theirs: 'ifgo', ours: 'ifgo' },
  gru: { module: 'nn.GRU', theirs: 'rzn', ours: 'zrn' },
} as const;

const torchPattern = /^(weight|bias)_(ih|hh|hr)_l(\d+)(_reverse)?$/;

/**
 * Turns the weights of a PyTorch `nn.LSTM` or `nn.GRU` into ours: `weight_ih_l0` `[blocks*units, input]` becomes
 * `lstm1/kernel` `[input, blocks*units]` and `weight_hh_l0` `lstm1/recurrent`.
 *
 * An LSTM's two biases, summed, become `lstm1/bias`, in gate order `ifgo` on both sides. A GRU's stay apart, since its
 * reset gate weighs the second: `gru1/bias` and `gru1/recurrentBias`, blocks in order `zrn` where PyTorch has `rzn`.
 * Weights of other modules are handed on as they are.
 *
 * @throws {@link PrunerError} if the shapes are not those of the cell.
 */
export function torchToSecateur(weights: Weights, options: TorchOptions = {}): Weights {
  const {
    cell,
    prefix,
    name,
    module,
    theirs,
    ours: order,
  } = settingsOf('torchToSecateur', options);
  const blocks = order.length;
  const ours: Record<string, NamedArray> = {};
  let layers = 0;
  for (const [key, weight] of Object.entries(weights)) {
    const match = key.startsWith(prefix) ? torchPattern.exec(key.slice(prefix.length)) : null;
    if (match === null) {
      ours[key] = weight;
    } else if (match[1] === 'weight' && match[2] === 'ih') {
      const suffix = `l${match[3]!}${match[4] ?? ''}`;
      const layer = name(Number(match[3]), match[4] !== undefined);
      const hidden = weights[`${prefix}weight_hh_${suffix}`];
      const [width] = matrixShape('torchToSecateur', weight);
      const [recurrentWidth, units] = matrixShape('torchToSecateur', hidden);
      const projected = Object.hasOwn(weights, `${prefix}weight_hr_${suffix}`);
      if (width !== blocks * units || recurrentWidth !== width || projected) {
        throw new PrunerError(
          `torchToSecateur: expected the weight_ih_${suffix} [${blocks}*units, input] and weight_hh_${suffix} [${blocks}*units, units] of ${module}, found [${weight.shape.join(', ')}] and [${hidden!.shape.join(', ')}]; set cell to "lstm" or "gru". Projections (proj_size) are not supported.`,
        );
      }
      const convert = (array: NamedArray): NamedArray => convertGates(array, theirs, order);
      ours[`${layer}/kernel`] = convert(transpose(weight));
      ours[`${layer}/recurrent`] = convert(transpose(hidden!));
      const [first, second] = ['ih', 'hh'].map(
        (part) => weights[`${prefix}bias_${part}_${suffix}`],
      );
      const sum = (...biases: (NamedArray | undefined)[]): NamedArray =>
        convert(sumBiases('torchToSecateur', biases, width, suffix));
      ours[`${layer}/bias`] = cell === 'gru' ? sum(first) : sum(first, second);
      if (cell === 'gru') ours[`${layer}/recurrentBias`] = sum(second);
      layers += 1;
    }
  }
  if (layers === 0) {
    throw new PrunerError(
      `torchToSecateur: expected weights named "${prefix}weight_ih_l0" and so on, found ${Object.keys(weights).slice(0, 4).join(', ') || 'none'}; set prefix to what stands before weight_ih_l0.`,
    );
  }
  return ours;
}

/**
 * Turns our weights into those of a PyTorch `nn.LSTM` (ours in gate order `ifgo`, no forget bias of the cell's own) or
 * `nn.GRU` (ours in gate order `zrn`, reset after the recurrent product): transposed, in PyTorch's order. An LSTM's
 * bias comes whole in `bias_ih`, with zeros in `bias_hh`. Other weights are handed on as they are.
 *
 * @throws {@link PrunerError} if the shapes are not those of the cell, or a GRU has no recurrent bias.
 */
export function secateurToTorch(weights: Weights, options: TorchOptions = {}): Weights {
  const {
    cell,
    prefix,
    name,
    module,
    theirs,
    ours: order,
  } = settingsOf('secateurToTorch', options);
  const blocks = order.length;
  const torch = new Map(Object.entries(weights));
  let layer = 0;
  for (; Object.hasOwn(weights, `${name(layer, false)}/kernel`); layer++) {
    for (const reverse of [false, true]) {
      const own = name(layer, reverse);
      const kernel = weights[`${own}/kernel`];
      if (kernel === undefined) continue;
      const suffix = `l${layer}${reverse ? '_reverse' : ''}`;
      const recurrent = weights[`${own}/recurrent`];
      const [, width] = matrixShape('secateurToTorch', kernel);
      const [units, recurrentWidth] = matrixShape('secateurToTorch', recurrent);
      if (width !== blocks * units || recurrentWidth !== width) {
        throw new PrunerError(
          `secateurToTorch: expected ${own}/kernel [input, ${blocks}*units] and ${own}/recurrent [units, ${blocks}*units] for ${module}, found [${kernel.shape.join(', ')}] and [${recurrent!.shape.join(', ')}]; set cell to "lstm" or "gru".`,
        );
      }
      const recurrentBias = weights[`${own}/recurrentBias`];
      if ((cell === 'gru') !== (recurrentBias !== undefined)) {
        throw new PrunerError(
          cell === 'gru'
            ? `secateurToTorch: expected ${own}/recurrentBias, found none; nn.GRU resets after the recurrent product, so a GRU with resetAfter false cannot become one.`
            : `secateurToTorch: expected no ${own}/recurrentBias for nn.LSTM, found one; set cell to "gru".`,
        );
      }
      const convert = (array: NamedArray): NamedArray => convertGates(array, order, theirs);
      const one = (bias: NamedArray | undefined): NamedArray =>
        convert(sumBiases('secateurToTorch', [bias], width, suffix));
      torch.set(`${prefix}weight_ih_${suffix}`, transpose(convert(kernel)));
      torch.set(`${prefix}weight_hh_${suffix}`, transpose(convert(recurrent!)));
      torch.set(`${prefix}bias_ih_${suffix}`, one(weights[`${own}/bias`]));
      torch.set(`${prefix}bias_hh_${suffix}`, one(recurrentBias));
      for (const part of ['kernel', 'recurrent', 'bias', 'recurrentBias']) {
        torch.delete(`${own}/${part}`);
      }
    }
  }
  if (layer === 0) {
    throw new PrunerError(
      `secateurToTorch: expected weights named "${name(0, false)}/kernel" and so on, found ${Object.keys(weights).slice(0, 4).join(', ') || 'none'}; pass the name of each layer.`,
    );
  }
  return Object.fromEntries(torch);
}

type Settings = Required<TorchOptions> & (typeof cells)[keyof typeof cells];

function settingsOf(caller: string, options: TorchOptions): Settings {
  const { cell = 'lstm', prefix = '' } = options;
  if (!Object.hasOwn(cells, cell)) {
    throw new PrunerError(`${caller}: expected cell "lstm" or "gru", found "${String(cell)}".`);
  }
  const name = (layer: number, reverse: boolean): string =>
    `${cell}${layer + 1}${reverse ? '/backward' : ''}`;
  return { cell, prefix, name: options.name ?? name, ...cells[cell] };
}

/** Adds up the biases that exist; none at all is a layer without bias, which adds zeros. */
function sumBiases(
  caller: string,
  biases: readonly (NamedArray | undefined)[],
  width: number,
  layer: string,
): NamedArray {
  const data = new Float32Array(width);
  for (const bias of biases) {
    if (bias === undefined) continue;
    if (bias.data.length !== width) {
      throw new PrunerError(
        `${caller}: expected ${width} values in each bias of layer ${layer}, found ${bias.data.length}; were the weights mixed with another layer's?`,
      );
    }
    for (let i = 0; i < width; i++) data[i]! += bias.data[i]!;
  }
  return { shape: [width], data };
}
