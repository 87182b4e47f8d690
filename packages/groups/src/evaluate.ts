import { layoutError } from './error.ts';
import { suggestion } from './names.ts';
import { formatAxis } from './notation/format.ts';
import type { Arrow, Axis, AxisExpression, Role, Segment, WeightExpression } from './types.ts';
import type { WeightLayout } from './types.ts';

/** Most segments of an axis, more than any real weight has: what lies beyond is a typing error, or a hostile file. */
const MOST_SEGMENTS = 65_536;
const MOST_AXES = 16;

/** The sizes of the names that an axis can mention; no name is in both. */
export interface Sizes {
  readonly dims: Readonly<Record<string, number>>;
  readonly fixed: Readonly<Record<string, number>>;
}

const roles: Readonly<Record<Arrow, readonly [Role, Role]>> = {
  '->': ['reads', 'writes'],
  '<-': ['writes', 'reads'],
  '<->': ['both', 'both'],
};

/** What a weight's expression comes to in these sizes; `where` opens every error message. */
export function evaluateWeight(
  weight: WeightExpression,
  sizes: Sizes,
  where: string,
): WeightLayout {
  const { before, arrow, after } = weight;
  const count = before.length + after.length;
  if (count > MOST_AXES) {
    throw layoutError(
      `${where}: expected at most ${MOST_AXES} axes, found ${count}; take axes together`,
    );
  }
  const [left, right] = roles[arrow];
  const axes = [
    ...before.map((axis) => evaluateAxis(axis, left, sizes, where)),
    ...after.map((axis) => evaluateAxis(axis, right, sizes, where)),
  ];
  return { ...weight, axes };
}

function evaluateAxis(axis: AxisExpression, role: Role, sizes: Sizes, where: string): Axis {
  const { dims, fixed } = sizes;
  const segments: Segment[] = [];
  let end = 0;
  const append = (dim: string | undefined, size: number): void => {
    if (segments.length === MOST_SEGMENTS) {
      throw layoutError(
        `${where}: expected at most ${MOST_SEGMENTS} segments in an axis, found more in "${formatAxis(axis)}"; check the repetitions`,
      );
    }
    segments.push({ dim, start: end, size });
    end += size;
  };
  const checked = (number: number): number => {
    if (Number.isSafeInteger(number) && number > 0) return number;
    throw layoutError(
      `${where}: expected a number of at least 1, found ${number} in "${formatAxis(axis)}"; write an axis like "h1", "4*h1" or "4*(fwd + bwd) + 12"`,
    );
  };
  const expand = (part: AxisExpression): void => {
    if (part.kind === 'fixed') append(undefined, checked(part.size));
    else if (part.kind === 'sum') part.terms.forEach(expand);
    else if (part.kind === 'repeat')
      for (let i = checked(part.times); i > 0; i--) expand(part.body);
    else if (Object.hasOwn(dims, part.name)) append(part.name, dims[part.name]!);
    else if (Object.hasOwn(fixed, part.name)) append(undefined, fixed[part.name]!);
    else {
      const names = [...Object.keys(dims), ...Object.keys(fixed)];
      throw layoutError(
        `${where}: expected a declared dimension, found "${part.name}"; ${suggestion(part.name, names)}`,
      );
    }
  };
  expand(axis);
  if (!Number.isSafeInteger(end)) {
    throw layoutError(`${where}: expected an axis that fits in memory, found ${end} entries`);
  }
  return { role, size: end, segments };
}
