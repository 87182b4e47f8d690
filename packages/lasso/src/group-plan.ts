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
 * Groups are slices of weights; tensors are quicker. A plan lays the sums of squares of every (weight, axis) that some
 * slice needs end to end in one vector of `length` places, and numbers the components of all sets 0..components-1.
 * Two gathers then do everything (`penaltyFactors` of the backend): `sources` collects the places of each component,
 * `targets` hands a number per component back to the places it covers. A place that several slices cover needs several
 * layers of targets.
 */

/** Where the sums of squares of one weight lie among the places. */
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
  /** Number of places. */
  readonly length: number;
  /** Layer by layer, `components` indices of places each. */
  readonly sources: readonly Gather[];
  /** Layer by layer, `length` indices of components each. */
  readonly targets: readonly Gather[];
  /** Entries in one component, with multiplicity, for each component. */
  readonly groupSizes: Float32Array;
}

/** Lays out the places and gathers of group sets over weights of the given shapes, which must have been checked. */
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

  const placeOf = new Map<string, number>();
  let length = 0;
  for (const { name, shape, axes } of weights) {
    for (const axis of axes) {
      placeOf.set(`${axis} ${name}`, length);
      length += shape[axis]!;
    }
  }

  let components = 0;
  const sets = groups.map(({ name, count }) => {
    const set = { name, offset: components, count };
    components += count;
    return set;
  });

  const sources = new GatherLayers(components, length);
  const targets = new GatherLayers(length, components);
  const groupSizes = new Float32Array(components);
  groups.forEach((set, i) => {
    const { offset } = sets[i]!;
    for (const { weight, axis, start, multiplier } of set.slices) {
      const shape = shapes[weight]!;
      const place = placeOf.get(`${axis} ${weight}`)! + start;
      const entries = shape.reduce((a, b) => a * b, 1) / shape[axis]!;
      for (let k = 0; k < set.count; k++) {
        sources.connect(offset + k, place + k, multiplier);
        targets.connect(place + k, offset + k, multiplier);
        groupSizes[offset + k]! += entries;
      }
    }
  });
  return {
    weights,
    sets,
    components,
    length,
    sources: sources.layers(),
    targets: targets.layers(),
    groupSizes,
  };
}

/** Spreads many-to-many connections over as few gathers as the fullest receiver needs. */
class GatherLayers {
  readonly #layers: Gather[] = [];
  readonly #used: Uint16Array;
  readonly #neutral: number;

  constructor(receivers: number, givers: number) {
    this.#used = new Uint16Array(receivers);
    this.#neutral = givers;
  }

  connect(receiver: number, giver: number, factor: number): void {
    const depth = this.#used[receiver]!++;
    const layer = (this.#layers[depth] ??= this.#neutralLayer());
    layer.index[receiver] = giver;
    layer.factor[receiver] = factor;
  }

  /** The layers, at least one. */
  layers(): readonly Gather[] {
    return this.#layers.length > 0 ? this.#layers : [this.#neutralLayer()];
  }

  #neutralLayer(): Gather {
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
  /** Sizes of the stretches of places, in order of `weights` and their `axes`. */
  readonly stretches: readonly number[];
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
  const indices = (layers: readonly Gather[], size: number): Tensor2D =>
    kept(tensor2d(joined(layers.map(({ index }) => index)), [layers.length, size], 'int32'));
  const factors = (layers: readonly Gather[], size: number): Tensor2D =>
    kept(tensor2d(joined(layers.map(({ factor }) => factor)), [layers.length, size], 'float32'));
  const { components, length } = plan;
  return {
    weights: plan.weights,
    sets: plan.sets,
    components,
    stretches: plan.weights.flatMap(({ shape, axes }) => axes.map((axis) => shape[axis]!)),
    sources: indices(plan.sources, components),
    sourceFactors: factors(plan.sources, components),
    targets: indices(plan.targets, length),
    targetFactors: factors(plan.targets, length),
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
