import {
  keep,
  tensor1d,
  tensor2d,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { GroupConnections } from '@secateur/backend/kernels';
import type { GroupSet } from '@secateur/groups';

/*
 * A group is made of slices of weights: rows, columns, and their like in other ranks. A plan numbers the slices of every
 * (weight, axis) that some group has, one axis after the other, 0..slices-1, and the components of all sets 0..components-1.
 * Gathers then do everything (`penaltyFactors` of the backend): `sources` collect the sums of squares of each component's slices,
 * `targets` hand a number of each component back to its slices. A slice of several components needs several targets.
 */

/** A weight with slices in the plan. */
interface PlannedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Axes that some slice indexes, ascending. */
  readonly axes: readonly number[];
}

/** One gather, with a factor for each of its results; an index one past the end reads a neutral value. */
export interface Gather {
  readonly index: Int32Array;
  readonly factor: Float32Array;
}

/** Plain numbers of a plan; {@link uploadPlan} puts them on the backend. */
export interface GroupPlan {
  readonly weights: readonly PlannedWeight[];
  readonly sets: readonly {
    readonly name: string;
    readonly offset: number;
    readonly count: number;
  }[];
  /** Number of components of all sets. */
  readonly components: number;
  /** Number of slices. */
  readonly slices: number;
  /** `components` indices of slices each: together they read all slices of a component. */
  readonly sources: readonly Gather[];
  /** `slices` indices of components each: together they read all components of a slice. */
  readonly targets: readonly Gather[];
  /** Entries in one component, with multiplicity, for each component. */
  readonly groupSizes: Float32Array;
}

/** Numbers the slices and makes the gathers of group sets over weights of the given shapes, which must have been checked. */
export function planGroups(
  groups: readonly GroupSet[],
  shapes: Readonly<Record<string, readonly number[]>>,
): GroupPlan {
  const axesOf = new Map<string, Set<number>>();
  for (const { weight, axis } of groups.flatMap((set) => set.slices)) {
    axesOf.set(weight, (axesOf.get(weight) ?? new Set()).add(axis));
  }
  const weights = [...axesOf].map(([name, axes]) => ({
    name,
    shape: [...shapes[name]!],
    axes: [...axes].sort((a, b) => a - b),
  }));

  const firstSlices = new Map<string, number>();
  let slices = 0;
  for (const { name, shape, axes } of weights) {
    for (const axis of axes) {
      firstSlices.set(`${axis} ${name}`, slices);
      slices += shape[axis]!;
    }
  }

  let components = 0;
  const sets = groups.map(({ name, count }) => {
    const set = { name, offset: components, count };
    components += count;
    return set;
  });

  const sources = new Gathers(components, slices);
  const targets = new Gathers(slices, components);
  const groupSizes = new Float32Array(components);
  groups.forEach((set, i) => {
    const { offset } = sets[i]!;
    for (const { weight, axis, start, multiplier } of set.slices) {
      const shape = shapes[weight]!;
      const first = firstSlices.get(`${axis} ${weight}`)! + start;
      const entries = shape.reduce((a, b) => a * b, 1) / shape[axis]!;
      for (let k = 0; k < set.count; k++) {
        sources.connect(offset + k, first + k, multiplier);
        targets.connect(first + k, offset + k, multiplier);
        groupSizes[offset + k]! += entries;
      }
    }
  });
  return {
    weights,
    sets,
    components,
    slices,
    sources: sources.all(),
    targets: targets.all(),
    groupSizes,
  };
}

/** Spreads many-to-many connections over as few gathers as the fullest receiver needs. */
class Gathers {
  readonly #gathers: Gather[] = [];
  readonly #used: Uint16Array;
  readonly #neutral: number;

  constructor(receivers: number, givers: number) {
    this.#used = new Uint16Array(receivers);
    this.#neutral = givers;
  }

  connect(receiver: number, giver: number, factor: number): void {
    const depth = this.#used[receiver]!++;
    const gather = (this.#gathers[depth] ??= this.#neutralGather());
    gather.index[receiver] = giver;
    gather.factor[receiver] = factor;
  }

  /** The gathers, at least one. */
  all(): readonly Gather[] {
    return this.#gathers.length > 0 ? this.#gathers : [this.#neutralGather()];
  }

  #neutralGather(): Gather {
    const size = this.#used.length;
    return {
      index: new Int32Array(size).fill(this.#neutral),
      factor: new Float32Array(size).fill(1),
    };
  }
}

/** A {@link GroupPlan} with its constants on the backend, until disposed. */
export interface UploadedPlan
  extends Pick<GroupPlan, 'weights' | 'sets' | 'components'>, GroupConnections {
  /** Numbers of slices of each axis, in order of `weights` and their `axes`. */
  readonly splitSizes: readonly number[];
  /** `[components]`: what lambda is multiplied by for each component; undefined when it is 1 everywhere. */
  readonly weighting: Tensor1D | undefined;
  dispose(): void;
}

/** Puts the constants of a plan on the current backend; they outlive any `tidy`. */
export function uploadPlan(plan: GroupPlan, weighting: 'none' | 'sqrt-size'): UploadedPlan {
  const constants: Tensor[] = [];
  const kept = <T extends Tensor>(tensor: T): T => {
    constants.push(keep(tensor));
    return tensor;
  };
  const indices = (gathers: readonly Gather[], size: number): Tensor2D =>
    kept(tensor2d(joined(gathers.map(({ index }) => index)), [gathers.length, size], 'int32'));
  const factors = (gathers: readonly Gather[], size: number): Tensor2D =>
    kept(tensor2d(joined(gathers.map(({ factor }) => factor)), [gathers.length, size], 'float32'));
  const { components, slices } = plan;
  return {
    weights: plan.weights,
    sets: plan.sets,
    components,
    splitSizes: plan.weights.flatMap(({ shape, axes }) => axes.map((axis) => shape[axis]!)),
    sources: indices(plan.sources, components),
    sourceFactors: factors(plan.sources, components),
    targets: indices(plan.targets, slices),
    targetFactors: factors(plan.targets, slices),
    weighting:
      weighting === 'sqrt-size' ? kept(tensor1d(plan.groupSizes.map(Math.sqrt))) : undefined,
    dispose: () => constants.forEach((tensor) => tensor.dispose()),
  };
}

/** The sets of a plan as an object: `summarize` gets the squared norms of one set's components. */
export function bySet<T>(
  plan: Pick<UploadedPlan, 'sets'>,
  squares: Float32Array,
  summarize: (squares: Float32Array) => T,
): Record<string, T> {
  return Object.fromEntries(
    plan.sets.map(({ name, offset, count }) => [
      name,
      summarize(squares.subarray(offset, offset + count)),
    ]),
  );
}

/** One array after the other, in the type of the first. */
function joined<T extends Int32Array | Float32Array>(arrays: readonly T[]): T {
  const [first] = arrays;
  const all = first!.constructor as new (length: number) => T;
  const out = new all(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}
