/**
 * A symbolic dimension: a run of features along the last axis of the tensors of a graph. Two turn out to be one when some
 * layer lines their features up, as an addition does; one is fixed when something outside our knowledge uses its
 * features by position, because none of them may then disappear.
 */
export interface SymbolicDim {
  /** Number of features. */
  readonly size: number;
  /** What the dimension is called if this is the first of those found equal. */
  readonly name: string;
  /** The one that this was found equal to. */
  parent: SymbolicDim | undefined;
  /** Why the width can never change, if it cannot; read from the root. */
  fixed: string | undefined;
}

/** The features of a tensor: the symbolic dimensions of its last axis, in order. */
export type FeatureAxis = readonly SymbolicDim[];

/** A dimension of its own. */
export function newDim(name: string, size: number): SymbolicDim {
  return { name, size, parent: undefined, fixed: undefined };
}

/** Features of a known width that nobody may prune, for instance because it is that of an input. */
export function fixedFeatures(size: number, reason: string): FeatureAxis {
  return [{ name: '', size, parent: undefined, fixed: reason }];
}

/** The first of those found equal to this one. */
export function rootOf(dim: SymbolicDim): SymbolicDim {
  let root = dim;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

/** Forbids that any of the features is pruned; the first reason stays. */
export function fix(features: FeatureAxis, reason: string): void {
  for (const dim of features) rootOf(dim).fixed ??= reason;
}

/**
 * States that feature `i` of one tensor and feature `i` of another belong together, because of `user`. Where the two are
 * not cut in the same way, both become fixed.
 */
export function unify(a: FeatureAxis, b: FeatureAxis, user: string): void {
  if (a.length !== b.length || a.some((dim, i) => dim.size !== b[i]!.size)) {
    const reason = `${user} lines it up with features that are cut in another way`;
    fix(a, reason);
    fix(b, reason);
    return;
  }
  a.forEach((dim, i) => {
    const [first, second] = [rootOf(dim), rootOf(b[i]!)];
    if (first === second) return;
    // A name survives, whichever side it is on.
    const [parent, child] = first.name === '' ? [second, first] : [first, second];
    child.parent = parent;
    if (child.fixed !== undefined) parent.fixed ??= `${user} lines it up with ${child.fixed}`;
  });
}
