// What the way back through a cell knows before its first step: values that are evaluated again, and the factors that gradients
// are multiplied by, for all steps at once.
import {
  reshape,
  transpose,
  type Rank,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { type Cell, type CellGradient, savedBy } from '@secateur/kernels';
import { columnsOf, depthOf, recurrentLevels } from './cell-blocks.ts';
import {
  constantLeaves,
  spread,
  tensorValues,
  type CellAttributes,
  type CellTensors,
  type TensorValues,
} from './cell-values.ts';
import type { CellDone } from './cell-kernel.ts';
import { columnBlocks, join, rowBlocks, times } from './direct.ts';
import { flattenTimeMajor, shiftedByOne } from './time-major.ts';

/** One repetition at all steps. */
export interface Level {
  /** The value at one step of a node that depends on no gradient; undefined for the others. */
  readonly rowsAt: (at: number, t: number) => Tensor | undefined;
  /** The products, in the order in which they are gone back through. */
  readonly groups: readonly Group[];
  /** The gradients of input parts that are not those of the recurrent parts, by node: one at each step. */
  readonly apart: ReadonlyMap<number, Tensor2D[]>;
  /** The gradients of parameters, by node. */
  readonly parameters: ReadonlyMap<number, Tensor2D[]>;
}

/** A product with the blocks that share it. */
interface Group {
  readonly blocks: string;
  /** The blocks in the order of their columns. */
  readonly order: string;
  /** What the product read at all steps, `[time * batch, units]`. */
  readonly read: Tensor2D;
  /** The columns of the recurrent weights, turned round. */
  readonly transposed: Tensor2D;
  /** The gradients of the blocks at a step, side by side. */
  readonly slopes: (values: TensorValues, t: number) => Tensor2D;
  /** Those of all steps, as they become known. */
  readonly dzs: Tensor2D[];
}

/** The repetitions of a cell, with all that does not depend on later steps. */
export function levelsOf(
  cell: Cell,
  gradient: CellGradient,
  x: Tensor3D,
  tensors: CellTensors,
  done: CellDone<Tensor3D, Tensor2D>,
  attributes: CellAttributes,
): Level[] {
  const [batch, time] = x.shape;
  const units = done.y.shape[2];
  const rows: [number, number] = [time * batch, units];
  const depth = depthOf(cell, tensors, units);
  const leaf = constantLeaves(gradient.nodes, cell, tensors, attributes);
  const weights = recurrentLevels(cell, tensors, attributes, depth);
  const depends = dependsOnGradients(gradient);
  return knownValues(cell, gradient, tensors, done, attributes, depth).map((known, level) => {
    const values = tensorValues(gradient.nodes, (node) => leaf(node));
    known.forEach((value, at) => values.set(at, reshape(value, [time, batch, units])));
    const cut = new Map<number, Tensor2D[]>();
    const stepsOf = (at: number, all: Tensor): Tensor2D[] => {
      const steps = cut.get(at) ?? rowBlocks(reshape<Rank.R2>(all, rows), time);
      cut.set(at, steps);
      return steps;
    };
    const rowsAt = (at: number, t: number): Tensor | undefined => {
      if (depends[at]) return undefined;
      const all: Tensor = values.of(at);
      return all.rank === 3 ? stepsOf(at, all)[t] : all;
    };
    const met = new Set<number>();
    // What the steps will ask for is computed now: a step's tidy would dispose it.
    const prepare = (at: number): void => {
      if (met.has(at)) return;
      met.add(at);
      if (depends[at]) gradient.nodes[at]!.args.forEach(prepare);
      else rowsAt(at, 0);
    };
    const groups = cell.stages.toReversed().flatMap((stage, s) =>
      stage.products.map(({ read, blocks }): Group => {
        const { order, all } = columnsOf(weights[level]!, blocks);
        const slopesOf = gradient.stages[cell.stages.length - 1 - s]!.blocks;
        const places = [...order].map((name) => slopesOf[name]!.recurrent!);
        return {
          blocks,
          order,
          read: reshape(spread(values.of(read), [time, batch, units]), rows),
          transposed: transpose(all),
          slopes: slopesBySteps(gradient, places, depends, values, rows, time, prepare),
          dzs: new Array<Tensor2D>(time),
        };
      }),
    );
    const slopes = gradient.stages.flatMap(({ blocks }) => Object.values(blocks));
    const apart = slopes.filter(
      ({ input, recurrent }) => input !== undefined && input !== recurrent,
    );
    Object.values(gradient.states).forEach(prepare);
    const lists = (places: readonly number[]): Map<number, Tensor2D[]> => {
      places.forEach(prepare);
      return new Map(places.map((at) => [at, new Array<Tensor2D>(time)]));
    };
    return {
      rowsAt,
      groups,
      apart: lists(level === 0 ? apart.map(({ input }) => input!) : []),
      parameters: lists(Object.values(gradient.parameters)),
    };
  });
}

/**
 * The gradients of blocks side by side: where each is a gradient times a factor, by one product for all of them, with the
 * factors of all steps side by side.
 */
function slopesBySteps(
  gradient: CellGradient,
  places: readonly number[],
  depends: readonly boolean[],
  values: TensorValues,
  rows: [number, number],
  time: number,
  prepare: (at: number) => void,
): (step: TensorValues, t: number) => Tensor2D {
  const pairs = places.map((at) => {
    const { op, args } = gradient.nodes[at]!;
    const [a, b] = args as [number, number];
    const factor = op === 'mul' && depends[a] && !depends[b] ? values.of(b) : undefined;
    return { from: a, factor: (factor as Tensor | undefined)?.rank === 3 ? factor : undefined };
  });
  if (pairs.length > 1 && pairs.every(({ factor }) => factor !== undefined)) {
    const all = pairs.map(({ factor }) => reshape<Rank.R2>(factor!, rows));
    const factors = rowBlocks(join(all, 1), time);
    for (const { from } of pairs) prepare(from);
    return (step, t) =>
      times(
        join(
          pairs.map(({ from }) => step.of(from)),
          1,
        ),
        factors[t]!,
      );
  }
  places.forEach(prepare);
  const shape = [rows[0] / time, rows[1]];
  return (step) => {
    const slopes = places.map((at) => spread(step.of(at), shape));
    return slopes.length === 1 ? slopes[0]! : join(slopes, 1);
  };
}

/** By node, whether it depends on a gradient. */
function dependsOnGradients({ nodes }: CellGradient): boolean[] {
  const depends: boolean[] = [];
  for (const { op, args } of nodes)
    depends.push(op === 'upstream' || op === 'back' || args.some((arg) => depends[arg]));
  return depends;
}

/** By node, what a repetition left behind at all steps, `[time * batch, units]`. */
function knownValues(
  cell: Cell,
  gradient: CellGradient,
  { states }: CellTensors,
  { y, activations, saved }: CellDone<Tensor3D, Tensor2D>,
  { order }: CellAttributes,
  depth: number,
): Map<number, Tensor2D>[] {
  const keeps = savedBy(cell, gradient, order);
  const cut = (all: Tensor3D, count: number): Tensor2D[] =>
    count === 0
      ? []
      : columnBlocks(reshape<Rank.R2>(all, [all.shape[0] * all.shape[1], all.shape[2]]), count);
  const gates = cut(activations, depth * keeps.activations.length);
  const after = cut(saved, depth * keeps.states.length);
  const outputs = flattenTimeMajor(y);
  const stateAfter = (name: string, level: number): Tensor2D => {
    const at = keeps.states.indexOf(name);
    return at < 0 ? outputs : after[level * keeps.states.length + at]!;
  };
  return Array.from({ length: depth }, (_, level) => {
    const known = new Map<number, Tensor2D>();
    for (const name of cell.states) known.set(cell.next[name]!, stateAfter(name, level));
    gradient.nodes.forEach(({ op, name = '' }, at) => {
      if (op !== 'state') return;
      const before =
        level > 0
          ? stateAfter(name, level - 1)
          : shiftedByOne(states[name]!, stateAfter(name, depth - 1));
      known.set(at, before);
    });
    keeps.activations.forEach((at, k) =>
      known.set(at, gates[level * keeps.activations.length + k]!),
    );
    return known;
  });
}
