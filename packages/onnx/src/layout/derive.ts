import type { ModelProto } from 'onnx-buf';
import { layoutFromJson, type Layout } from '@secateur/groups';
import { modelError } from '../error.ts';
import { isOurs } from '../export/onnx-model.ts';
import { stateUnits } from '../export/states.ts';
import { shapeOf } from '../file/tensor.ts';
import type { Context } from '../graph/context.ts';
import { equalSets, finishTies } from '../graph/ties.ts';
import { fixedAxis, runs, type Axis, type Span } from '../graph/span.ts';
import { followModel } from '../graph/walk.ts';
import type { Weight } from '../graph/value.ts';
import { dimensionNames, notationOf } from './notation.ts';

/** Whether states that come from outside and go there may change their size. */
export type StateSizes = 'symbolic' | 'resize' | 'keep';

/** One weight of a layout: a constant, or the part of it that belongs to one direction. */
export interface LayoutWeight {
  readonly name: string;
  readonly weight: Weight;
  /** Which index of axis 0 it is, if it is a part. */
  readonly part: number | undefined;
  readonly axes: readonly Axis[];
}

/** What a graph says of the sizes in it. */
export interface Derived {
  readonly context: Context;
  readonly layout: Layout;
  readonly weights: readonly LayoutWeight[];
  /** The name of each dimension, by its run. */
  readonly names: ReadonlyMap<Span, string>;
  /** Sets of dimensions that must keep one size. */
  readonly equal: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** Follows the graph of a model and says which dimensions its weights have. */
export function derive(model: ModelProto, states: StateSizes): Derived {
  const first = followModel(model, new Set());
  const free = [...first.foundStates].filter((name) => mayResize(model, name, states));
  const context = free.length === 0 ? first : followModel(model, new Set(free));
  finishTies(context);

  const weights = context.weights.flatMap((weight): LayoutWeight[] => {
    const { name, value, shape } = weight;
    // A layout has no scalars, and no axis without positions.
    if (shape.length === 0 || shape.length > 16 || shape.includes(0)) return [];
    const each = value.each!;
    if (each.length === 1) return [{ name, weight, part: undefined, axes: each[0]! }];
    return each.map((axes, part) => ({
      name: `${name}/${part === 0 ? 'forward' : 'backward'}`,
      ...{ weight, part },
      axes: [fixedAxis(1, name), ...axes.slice(1)],
    }));
  });
  const names = dimensionNames(
    weights.map(({ axes }) => axes),
    context.recurrent.flatMap(({ units }) => units),
  );
  const dims = Object.fromEntries([...names].map(([span, name]) => [name, span.size!]));
  const texts = weights.map((weight) => [weight.name, notationOf(weight, names)] as const);
  if (texts.length === 0) {
    throw modelError(
      'onnxLayout: expected a model with constants that its nodes multiply, add or look up, found none; is it saved with its weights?',
    );
  }
  const layout = layoutFromJson({ dims, weights: Object.fromEntries(texts) });
  const equal = equalSets(context, names);
  return { context, layout, weights, names, equal, notes: notesOf(context, free, first, states) };
}

/**
 * A state may change its size where the file leaves that open, or whoever prunes says so. In a file of ours it may as well: its size
 * stands there for `zeroStates` to read.
 */
function mayResize(model: ModelProto, name: string, states: StateSizes): boolean {
  if (states === 'keep') return false;
  if (isOurs(model) && stateUnits(model).has(name)) return true;
  const input = model.graph!.input.find((each) => each.name === name);
  const shape = shapeOf(input?.type);
  return shape !== undefined && (states === 'resize' || shape.at(-1) === undefined);
}

function notesOf(
  { recurrent, strangers }: Context,
  free: readonly string[],
  { foundStates }: Context,
  states: StateSizes,
): string[] {
  const kept = [...foundStates].filter((name) => !free.includes(name));
  const advice =
    states === 'symbolic' && kept.length > 0
      ? '; pass states: "resize" if whoever runs the model can take states of another size'
      : '';
  const notes = recurrent.flatMap(({ label, units }) => {
    const reasons = units.flatMap((axis) => runs(axis).flatMap(({ fixed }) => fixed ?? []));
    return [...new Set(reasons)].map((reason) => {
      const held = kept.some((name) => reason.startsWith(`the input "${name}" of the model`));
      return `${label} keeps its units: ${reason}${held ? advice : ''}`;
    });
  });
  return [...strangers, ...notes];
}
