import {
  add,
  addN,
  broadcastTo,
  concat,
  gather,
  mul,
  reshape,
  split,
  tidy,
  type Rank,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { groupSquaredNorms, type LineFactors } from '@whittle/backend';
import type { UploadedGather, UploadedPlan } from './group-plan.ts';

/** A trained weight by its name. */
export type WeightOf = (name: string) => Tensor;

/**
 * Computes `S_k`, the sum over the slices of component `k` of multiplier times sum of squares, for the components of
 * all sets. An entry that lies in two slices of a component (the recurrent diagonal) counts twice, as in the
 * original code. Returns `[components]`.
 */
export function squaredComponentNorms(plan: UploadedPlan, weightOf: WeightOf): Tensor1D {
  return tidy(() => {
    const squares = plan.weights.flatMap(({ name, axes }) =>
      groupSquaredNorms(weightOf(name), axes),
    );
    const places = concat([...squares, plan.zero]);
    return addN(plan.sources.map((layer) => gathered(places, layer)));
  });
}

/**
 * Hands a number per component to the places its slices cover, times the slice's multiplier, one layer after the
 * other; a place without a component gets 0.
 */
export function perPlace(plan: UploadedPlan, perComponent: Tensor1D): Tensor1D[] {
  const padded = concat([perComponent, plan.zero]);
  return plan.targets.map((layer) => gathered(padded, layer));
}

/**
 * Cuts a vector over all places into the factors of each weight's rows and columns. The last axis of a weight has the
 * columns; where several of the axes before it have factors, those of a row are combined.
 */
export function perLine(
  plan: UploadedPlan,
  places: Tensor1D,
  combine: (a: Tensor, b: Tensor) => Tensor,
): Map<string, LineFactors> {
  const stretches = split<Tensor1D>(places, [...plan.stretches]);
  let next = 0;
  return new Map(
    plan.weights.map(({ name, shape, axes }) => {
      const before = shape.slice(0, -1);
      let columns: Tensor1D | undefined;
      const others: Tensor[] = [];
      for (const axis of axes) {
        const factors = stretches[next++]!;
        if (axis === before.length) columns = factors;
        else
          others.push(
            reshape(
              factors,
              before.map((size, i) => (i === axis ? size : 1)),
            ),
          );
      }
      if (others.length === 0) return [name, { columns }];
      const rows = broadcastTo(
        others.reduce((a, b) => combine(a, b)),
        before,
      );
      return [name, { rows: reshape<Rank.R1>(rows, [-1]), columns }];
    }),
  );
}

/** Sum of tensors that broadcast against each other. */
export function addAll(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((a, b) => add(a, b));
}

function gathered(values: Tensor1D, { index, factor }: UploadedGather): Tensor1D {
  const found = gather(values, index);
  return factor === undefined ? found : mul(found, factor);
}
