import { requireLayout, requireShapes } from './check-layout.ts';
import { shapesError } from './error.ts';
import { entryOf, suggestion } from './names.ts';
import { formatWeight } from './notation/format.ts';
import type { Layout, Shapes } from './types.ts';

/**
 * The shape that the layout gives to one weight, in storage order.
 *
 * @throws {@link GroupError} naming the nearest weight if the layout has no such weight.
 */
export function weightShape(layout: Layout, weight: string): number[] {
  requireLayout(layout, 'weightShape');
  const match = entryOf(layout.weights, weight, 'weightShape: expected a weight of the layout');
  return match.axes.map((axis) => axis.size);
}

/** The shape of every weight of the layout, by name. */
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
