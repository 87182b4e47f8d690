import type { NamedArray, Weights } from '@whittle/groups';
import { matrixShape, transpose } from './matrix.ts';
import { PrunerError } from './pruner-error.ts';

/** Settings of {@link torchToWhittle} and {@link whittleToTorch}. */
export interface TorchOptions {
  /** What stands before `weight_ih_l0` in the state dict, such as `rnn.`; default nothing. */
  readonly prefix?: string;
  /**
   * Our name of a layer (0, 1, ...) and direction; default `lstm1`, `lstm2`, ..., and `lstm1/backward` for the reverse
   * direction of a bidirectional one.
   */
  readonly name?: (layer: number, reverse: boolean) => string;
}

const defaultName = (layer: number, reverse: boolean): string =>
  `lstm${layer + 1}${reverse ? '/backward' : ''}`;

const torchPattern = /^(weight|bias)_(ih|hh)_l(\d+)(_reverse)?$/;

/**
 * Turns the weights of a PyTorch `nn.LSTM` into ours: `weight_ih_l0` `[4*units, input]` becomes `lstm1/kernel`
 * `[input, 4*units]`, `weight_hh_l0` `lstm1/recurrent`, and the two biases, summed, `lstm1/bias`. Both use the gate
 * order `ifgo`. Weights of other modules are handed on as they are.
 */
export function torchToWhittle(weights: Weights, options: TorchOptions = {}): Weights {
  const { prefix = '', name = defaultName } = options;
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
      const [width] = matrixShape('torchToWhittle', weight);
      const [recurrentWidth, units] = matrixShape('torchToWhittle', hidden);
      if (width !== 4 * units || recurrentWidth !== width) {
        throw new PrunerError(
          `torchToWhittle: expected weight_ih_${suffix} [4*units, input] and weight_hh_${suffix} [4*units, units], found [${weight.shape.join(', ')}] and [${hidden!.shape.join(', ')}]; projections (proj_size) are not supported.`,
        );
      }
      ours[`${layer}/kernel`] = transpose(weight);
      ours[`${layer}/recurrent`] = transpose(hidden!);
      const biases = ['ih', 'hh'].map((part) => weights[`${prefix}bias_${part}_${suffix}`]);
      ours[`${layer}/bias`] = sumBiases('torchToWhittle', biases, width, suffix);
      layers += 1;
    }
  }
  if (layers === 0) {
    throw new PrunerError(
      `torchToWhittle: expected weights named "${prefix}weight_ih_l0" and so on, found ${Object.keys(weights).slice(0, 4).join(', ') || 'none'}; set prefix to what stands before weight_ih_l0.`,
    );
  }
  return ours;
}

/**
 * Turns our LSTM weights (gate order `ifgo`, no forget bias of the cell's own) into those of a PyTorch `nn.LSTM`:
 * transposed, the whole bias in `bias_ih`, zeros in `bias_hh`. Other weights are handed on as they are.
 */
export function whittleToTorch(weights: Weights, options: TorchOptions = {}): Weights {
  const { prefix = '', name = defaultName } = options;
  const torch = new Map(Object.entries(weights));
  let layer = 0;
  for (; Object.hasOwn(weights, `${name(layer, false)}/kernel`); layer++) {
    for (const reverse of [false, true]) {
      const own = name(layer, reverse);
      const kernel = weights[`${own}/kernel`];
      if (kernel === undefined) continue;
      const suffix = `l${layer}${reverse ? '_reverse' : ''}`;
      const [, width] = matrixShape('whittleToTorch', kernel);
      matrixShape('whittleToTorch', weights[`${own}/recurrent`]);
      const bias = weights[`${own}/bias`];
      torch.set(`${prefix}weight_ih_${suffix}`, transpose(kernel));
      torch.set(`${prefix}weight_hh_${suffix}`, transpose(weights[`${own}/recurrent`]!));
      torch.set(`${prefix}bias_ih_${suffix}`, sumBiases('whittleToTorch', [bias], width, suffix));
      torch.set(`${prefix}bias_hh_${suffix}`, { shape: [width], data: new Float32Array(width) });
      for (const part of ['kernel', 'recurrent', 'bias']) torch.delete(`${own}/${part}`);
    }
  }
  if (layer === 0) {
    throw new PrunerError(
      `whittleToTorch: expected weights named "${name(0, false)}/kernel" and so on, found ${Object.keys(weights).slice(0, 4).join(', ') || 'none'}; pass the name of each layer.`,
    );
  }
  return Object.fromEntries(torch);
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
