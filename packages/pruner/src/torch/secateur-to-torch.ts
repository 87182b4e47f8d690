import type { NamedArray, Weights } from '@secateur/groups';
import { namesText } from '@secateur/input';
import { convertGates } from '../gates.ts';
import { matrixShape, transpose } from '../matrix.ts';
import { weightsError } from '../pruner-error.ts';
import { cells, putNew, settingsOf, sumBiases, type TorchOptions } from './settings.ts';

/**
 * Turns our weights into those of a PyTorch `nn.LSTM` (ours in gate order `ifgo`, no forget bias of the cell's own) or
 * `nn.GRU` (ours in gate order `zrn`, reset after the recurrent product): transposed, in PyTorch's order. An LSTM's
 * bias comes whole in `bias_ih`, with zeros in `bias_hh`. `lstm1/projection` becomes `weight_hr_l0`. Other weights are
 * handed on as they are.
 *
 * @throws {@link PrunerError} if the shapes are not those of the cell, a GRU has no recurrent bias, a bias is not zero
 * where the module has none, or two weights would get one name.
 *
 * @example
 * ```ts
 * import { secateurToTorch } from '@secateur/pruner';
 *
 * const row = (...values: number[]) => ({ shape: [1, 3], data: Float32Array.from(values) });
 * const bias = { shape: [3], data: new Float32Array(3) };
 * const ours = { kernel: row(1, 2, 3), recurrent: row(4, 5, 6), bias, recurrentBias: bias };
 * const named = Object.entries(ours).map(([key, value]) => [`gru1/${key}`, value] as const);
 * const torch = secateurToTorch(Object.fromEntries(named), { cell: 'gru', prefix: 'rnn.' });
 * torch['rnn.weight_ih_l0']; // => { shape: [3, 1], data: [2, 1, 3] }
 * torch['rnn.weight_hh_l0']?.data; // => [5, 4, 6]
 * ```
 */
export function secateurToTorch(weights: Weights, options: TorchOptions = {}): Weights {
  const caller = 'secateurToTorch';
  const { cell, name, module, theirs, ours: order } = settingsOf(caller, options);
  const { prefix = '', bias = true } = options;
  const torch = new Map(Object.entries(weights));
  const converted = new Map<string, NamedArray>();
  const taken = new Set<string>();
  // A name that comes again is the end: one for all layers, or for both directions, belongs to a module of one of them.
  const isNext = (candidate: string): boolean =>
    !taken.has(candidate) && Object.hasOwn(weights, `${candidate}/kernel`);
  let layer = 0;
  for (; isNext(name(layer, false)); layer++) {
    for (const reverse of [false, true]) {
      const layerName = name(layer, reverse);
      if (!isNext(layerName)) continue;
      taken.add(layerName);
      const suffix = `l${layer}${reverse ? '_reverse' : ''}`;
      const part = (kind: string): NamedArray | undefined => {
        torch.delete(`${layerName}/${kind}`);
        return Object.hasOwn(weights, `${layerName}/${kind}`)
          ? weights[`${layerName}/${kind}`]
          : undefined;
      };
      const kernel = part('kernel');
      const recurrent = part('recurrent');
      const projection = part('projection');
      checkOurShapes(cell, layerName, { kernel, recurrent, projection });
      const first = part('bias');
      const second = part('recurrentBias');
      if ((cell === 'gru') !== (second !== undefined)) {
        throw weightsError(
          cell === 'gru'
            ? `${caller}: expected ${layerName}/recurrentBias, found none; nn.GRU resets after the recurrent product, so a GRU with resetAfter false cannot become one.`
            : `${caller}: expected no ${layerName}/recurrentBias for ${module}, found one; set cell to "gru".`,
        );
      }
      const convert = (array: NamedArray): NamedArray => convertGates(array, order, theirs);
      const width = kernel!.shape[1]!;
      const put = (kind: string, value: NamedArray): void => {
        putNew(caller, converted, `${prefix}${kind}_${suffix}`, value);
      };
      put('weight_ih', transpose(convert(kernel!)));
      put('weight_hh', transpose(convert(recurrent!)));
      if (projection !== undefined) put('weight_hr', transpose(projection));
      for (const [kind, value] of [
        ['bias_ih', first],
        ['bias_hh', second],
      ] as const) {
        const whole = convert(sumBiases(caller, [value], width, suffix));
        if (bias) put(kind, whole);
        else if (whole.data.some((entry) => entry !== 0)) {
          throw weightsError(
            `${caller}: expected biases of zero for a module without biases, found others in "${layerName}"; leave bias out of the options.`,
          );
        }
      }
    }
  }
  if (layer === 0) {
    throw weightsError(
      `${caller}: expected weights named "${name(0, false)}/kernel" and so on, found ${namesText(Object.keys(weights))}; pass the name of each layer.`,
    );
  }
  for (const [key, value] of converted) putNew(caller, torch, key, value);
  return Object.fromEntries(torch);
}

interface OurParts {
  readonly kernel: NamedArray | undefined;
  readonly recurrent: NamedArray | undefined;
  readonly projection: NamedArray | undefined;
}

function checkOurShapes(
  cell: keyof typeof cells,
  layerName: string,
  { kernel, recurrent, projection }: OurParts,
): void {
  const { module, ours } = cells[cell];
  const blocks = ours.length;
  const [, width] = matrixShape('secateurToTorch', kernel);
  const [state, recurrentWidth] = matrixShape('secateurToTorch', recurrent);
  if (projection !== undefined && cell !== 'lstm') {
    throw weightsError(
      `secateurToTorch: expected no ${layerName}/projection for ${module}, found one; only nn.LSTM has projections (proj_size).`,
    );
  }
  const [units, projected] = projection
    ? matrixShape('secateurToTorch', projection)
    : [state, state];
  if (width === blocks * units && recurrentWidth === width && projected === state) return;
  const [rows, more] = projection
    ? ['projected', ` and ${layerName}/projection [units, projected]`]
    : ['units', ''];
  throw weightsError(
    `secateurToTorch: expected ${layerName}/kernel [input, ${blocks}*units] and ${layerName}/recurrent [${rows}, ${blocks}*units]${more} for ${module}, found [${kernel!.shape.join(', ')}] and [${recurrent!.shape.join(', ')}]${projection ? ` and [${projection.shape.join(', ')}]` : ''}; set cell to "lstm" or "gru".`,
  );
}
