import { layoutShapes, type Layout, type Shapes } from '@secateur/groups';
import { torchModules, type TorchDirection } from './modules.ts';

/**
 * The dimensions of a layout that PyTorch's modules have in one size: those of the hidden states of an `nn.LSTM` or
 * `nn.GRU`, over all its layers and directions, and those of their projections. For `equal` of `findRemovable`.
 *
 * @example
 * ```ts
 * import { torchEqualDims, torchLstmLayout } from '@secateur/pruner';
 *
 * const dims = { embed: 2, fwd: 3, bwd: 3 };
 * const layout = torchLstmLayout({ input: 'embed', units: [['fwd', 'bwd']], dims });
 * torchEqualDims(layout); // => [['fwd', 'bwd']]
 * ```
 */
export function torchEqualDims(layout: Layout): string[][] {
  const written = (weight: string): string[] =>
    layout.weights[weight]?.axes
      .filter(({ role }) => role !== 'reads')
      .flatMap(({ segments }) => segments.flatMap(({ dim }) => dim ?? [])) ?? [];
  return torchModules(Object.keys(layout.weights))
    .flatMap(({ prefix, directions }) =>
      ['hh', 'hr'].map((part) => [
        ...new Set(
          directions.flatMap(({ suffix }) => written(`${prefix}weight_${part}_${suffix}`)),
        ),
      ]),
    )
    .filter((dims) => dims.length > 1);
}

/** Says of each PyTorch module of a layout why its class cannot load these weights, if it cannot, and what to do. */
export function torchNotes(layout: Layout): string[] {
  const shapes = layoutShapes(layout);
  return torchModules(Object.keys(shapes)).flatMap(({ prefix, directions }) => {
    const sizes = (part: 'hh' | 'hr', axis: number) =>
      sizesOf(shapes, `${prefix}weight_${part}_`, axis, directions);
    const projected = sizes('hr', 0);
    // With projections weight_hh reads the projected state; weight_hr tells how many units there are.
    const units = projected.length > 0 ? sizes('hr', 1) : sizes('hh', 1);
    const where = prefix === '' ? 'the module' : prefix.replace(/\.$/, '');
    const notes: string[] = [];
    const say = (trouble: string): void => {
      notes.push(`${where}: ${trouble}`);
    };
    for (const [what, measured] of [
      ['hidden_size', units],
      ['proj_size', projected],
    ] as const) {
      if (new Set(measured.map(({ size }) => size)).size > 1) {
        const list = measured.map(({ suffix, size }) => `${size} (${suffix})`).join(', ');
        say(
          `a module of PyTorch has one ${what} for all layers and directions and cannot load ${list}; pass equal: torchEqualDims(layout) to findRemovable, or build a module of its own for each size`,
        );
      }
    }
    if ([...units, ...projected].some(({ size }) => size === 0)) {
      say('a module of PyTorch has at least one unit and cannot load 0; keep one with atLeast: 1');
    }
    const most = Math.max(...projected.map(({ size }) => size));
    const least = Math.min(...units.map(({ size }) => size));
    if (most >= least) {
      say(
        `nn.LSTM has fewer projected units (proj_size) than units (hidden_size) and cannot load ${most} and ${least}; leave the hidden dimensions out of dims`,
      );
    }
    return notes;
  });
}

/** The length of an axis of a weight, for each direction that has the weight. */
function sizesOf(
  shapes: Shapes,
  name: string,
  axis: number,
  directions: readonly TorchDirection[],
): { suffix: string; size: number }[] {
  return directions.flatMap(({ suffix }) => {
    const size = shapes[`${name}${suffix}`]?.[axis];
    return size === undefined ? [] : [{ suffix, size }];
  });
}
