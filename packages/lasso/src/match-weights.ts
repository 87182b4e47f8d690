/** A weight as far as it can be told from others. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Finds for each saved weight the one that is trained now, as pairs of names; saved weights that this step does not train,
 * and trained ones that are new, are left out. Undefined when saved and trained weights do not fit together.
 *
 * 1. Equal names: when all of one side are found on the other.
 * 2. Names that are equal but for the number that TensorFlow.js puts at the end of a name that is taken (`rnn/kernel_1`),
 *    when no name is equal and none is there twice.
 * 3. Position, as TensorFlow.js's own optimizers: all shapes must be equal, and equal names must be at the same place.
 *
 * @param given - All weights that the step was given, in order, those without a gradient among them.
 */
export function matchWeights(
  saved: readonly NamedShape[],
  trained: readonly NamedShape[],
  given: readonly NamedShape[],
): Map<string, string> | undefined {
  const savedNames = new Set(saved.map(({ name }) => name));
  const equal = trained.filter(({ name }) => savedNames.has(name));
  if (equal.length === Math.min(saved.length, trained.length)) {
    return new Map(equal.map(({ name }) => [name, name]));
  }
  return (
    (equal.length === 0 ? matchBaseNames(saved, trained) : undefined) ??
    matchPositions(saved, given) ??
    matchPositions(saved, trained)
  );
}

function matchBaseNames(
  saved: readonly NamedShape[],
  trained: readonly NamedShape[],
): Map<string, string> | undefined {
  const byBase = new Map(trained.map((weight) => [baseName(weight.name), weight]));
  const bases = new Set(saved.map(({ name }) => baseName(name)));
  if (bases.size < saved.length || byBase.size < trained.length) return undefined;
  const pairs = saved.flatMap((weight) => {
    const other = byBase.get(baseName(weight.name));
    return other !== undefined && sameShape(weight, other) ? [[weight.name, other.name]] : [];
  }) as [string, string][];
  return pairs.length === Math.min(saved.length, trained.length) ? new Map(pairs) : undefined;
}

function matchPositions(
  saved: readonly NamedShape[],
  weights: readonly NamedShape[],
): Map<string, string> | undefined {
  const indexOf = new Map(weights.map(({ name }, i) => [name, i]));
  const fits = saved.every((weight, i) => {
    const other = weights[i];
    const place = indexOf.get(weight.name);
    return other !== undefined && sameShape(weight, other) && (place === undefined || place === i);
  });
  if (!fits || saved.length !== weights.length) return undefined;
  return new Map(saved.map(({ name }, i) => [name, weights[i]!.name]));
}

function sameShape(a: NamedShape, b: NamedShape): boolean {
  return a.shape.join() === b.shape.join();
}

function baseName(name: string): string {
  return name.replace(/_\d+$/, '');
}
