import { requireLayout, requireShapes } from './check-layout.ts';
import { shapesError } from './error.ts';
import { entryOf, suggestion } from './names.ts';
import { formatWeight } from './notation/format.ts';
import type { Layout, Shapes } from './types.ts';

/**
 * The shape that the layout gives to one weight, in storage order.
 *
 * @throws {@link GroupError} naming the nearest weight if the layout has no such weight.
 *
 * @example
 * ```ts
 * import { parseLayout, weightShape } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  embed = 4  h1 = 3
 *   lstm1/kernel  embed -> 4*h1
 * `);
 * weightShape(layout, 'lstm1/kernel'); // => [4, 12]
 * ```
 */
export function weightShape(layout: Layout, weight: string): number[] {
  requireLayout(layout, 'weightShape');
  const match = entryOf(layout.weights, weight, 'weightShape: expected a weight of the layout');
  return match.axes.map((axis) => axis.size);
}

/**
 * The shape of every weight of the layout, by name.
 *
 * @example
 * ```ts
 * import { layoutShapes, parseLayout } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  fwd = 2  bwd = 3
 *   head/kernel  fwd + bwd -> 7
 *   head/bias    -> 7
 * `);
 * layoutShapes(layout); // => { 'head/kernel': [5, 7], 'head/bias': [7] }
 * ```
 */
export function layoutShapes(layout: Layout): Record<string, number[]> {
  requireLayout(layout, 'layoutShapes');
  const shapes: Record<string, number[]> = {};
  for (const [name, { axes }] of Object.entries(layout.weights)) {
    shapes[name] = axes.map((axis) => axis.size);
  }
  return shapes;
}

/**
 * Checks that the actual weights are those of the layout: the same names on both sides, the same ranks and sizes.
 *
 * @throws {@link GroupError} for the first difference; a name without a partner is reported with the nearest one.
 *
 * @example
 * ```ts
 * import { checkShapes, layoutFromJson } from '@secateur/groups';
 *
 * const layout = layoutFromJson({ dims: { h1: 2 }, weights: { recurrent: 'h1 -> 4*h1' } });
 * checkShapes(layout, { recurrent: [2, 8] });
 * let message = 'the shapes are those of the layout';
 * try {
 *   checkShapes(layout, { recurrent: [2, 6] });
 * } catch (error) {
 *   message = String(error);
 * }
 * message.includes('expected shape [2, 8] for "recurrent" (h1 -> 4*h1), found [2, 6]'); // => true
 * ```
 */
export function checkShapes(layout: Layout, shapes: Shapes): void {
  requireLayout(layout, 'checkShapes');
  requireShapes(shapes, 'checkShapes');
  for (const name of Object.keys(shapes)) {
    if (!Object.hasOwn(layout.weights, name)) {
      throw shapesError(
        `checkShapes: expected only weights of the layout, found "${name}"; ${suggestion(name, Object.keys(layout.weights))} Add the weight to the layout or leave it out`,
      );
    }
  }
  for (const [name, weight] of Object.entries(layout.weights)) {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (shape === undefined) {
      throw shapesError(
        `checkShapes: expected a weight "${name}", found none; ${suggestion(name, Object.keys(shapes))} Rename the weight or correct the layout`,
      );
    }
    const expected = weight.axes.map((axis) => axis.size);
    if (expected.length !== shape.length || expected.some((size, axis) => size !== shape[axis])) {
      throw shapesError(
        `checkShapes: expected shape [${expected.join(', ')}] for "${name}" (${formatWeight(weight)}), found [${shape.join(', ')}]; was the layout made for other sizes?`,
      );
    }
  }
}
