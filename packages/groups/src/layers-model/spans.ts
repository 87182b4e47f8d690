/**
 * A run of features along the last axis of the tensors of a graph. Two spans turn out to be one dimension when some
 * layer lines their features up, as an addition does; a span is fixed when something outside our knowledge uses its
 * features by position, because none of them may then disappear.
 */
export interface Span {
  /** Number of features. */
  readonly size: number;
  /** What the dimension is called if this span is its first. */
  readonly name: string;
  /** The span that this one was found equal to. */
  parent: Span | undefined;
  /** Why the width can never change, if it cannot; read from the root. */
  fixed: string | undefined;
}

/** The features of a tensor: the spans of its last axis, in order. */
export type Features = readonly Span[];

/** A span of its own. */
export function newSpan(name: string, size: number): Span {
  return { name, size, parent: undefined, fixed: undefined };
}

/** Features of a known width that nobody may prune, for instance because it is that of an input. */
export function fixedFeatures(size: number, reason: string): Features {
  return [{ name: '', size, parent: undefined, fixed: reason }];
}

/** The first span of those found equal to this one. */
export function rootOf(span: Span): Span {
  let root = span;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

/** Forbids that any of the features is pruned; the first reason stays. */
export function fix(features: Features, reason: string): void {
  for (const span of features) rootOf(span).fixed ??= reason;
}

/**
 * States that feature `i` of one tensor and feature `i` of another belong together, because of `user`. Where the two are
 * not cut into the same spans, both become fixed.
 */
export function unify(a: Features, b: Features, user: string): void {
  if (a.length !== b.length || a.some((span, i) => span.size !== b[i]!.size)) {
    const reason = `${user} lines it up with features that are cut in another way`;
    fix(a, reason);
    fix(b, reason);
    return;
  }
  a.forEach((span, i) => {
    const [first, second] = [rootOf(span), rootOf(b[i]!)];
    if (first === second) return;
    // The name of a named span survives, whichever side it is on.
    const [parent, child] = first.name === '' ? [second, first] : [first, second];
    child.parent = parent;
    if (child.fixed !== undefined) parent.fixed ??= `${user} lines it up with ${child.fixed}`;
  });
}
