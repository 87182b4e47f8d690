import { CommandError } from '../command-error.ts';
import { drawInputs, type InputSpec, type OutputValues, type Runner } from './random.ts';

/** What two models are compared on. */
export interface CompareOptions {
  readonly batch: number;
  readonly steps: number;
  readonly seed: number;
  /** How often each is timed. */
  readonly rounds?: number;
}

/** How far two models are apart. */
export interface Comparison {
  readonly maxAbsDifference: number;
  /** Largest value of an output of the first, to judge the difference by. */
  readonly largest: number;
  /** How many values were compared. */
  readonly values: number;
  /** What ran each. */
  readonly by: readonly [string, string];
  /** Median milliseconds of one run of each. */
  readonly milliseconds: readonly [number, number];
}

/**
 * Runs two models on the same random inputs, in turns.
 *
 * @throws CommandError when they take or give other shapes.
 */
export async function compare(
  one: Runner,
  other: Runner,
  { batch, steps, seed, rounds = 5 }: CompareOptions,
): Promise<Comparison> {
  const specs = one.inputs(batch, steps);
  checkSame('take', specs.map(describe), other.inputs(batch, steps).map(describe));
  const inputs = drawInputs(specs, seed);
  // Once before, so that nothing is timed for the first time.
  const [mine, theirs] = [await one.run(inputs), await other.run(inputs)];
  checkSame('give', mine.map(shapeOf), theirs.map(shapeOf));
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [i, runner] of [one, other].entries()) {
      const start = performance.now();
      await runner.run(inputs);
      times[i as 0 | 1].push(performance.now() - start);
    }
  }
  return {
    ...difference(mine, theirs),
    by: [one.by, other.by],
    milliseconds: [median(times[0]), median(times[1])],
  };
}

const shapeOf = ({ shape }: { readonly shape: readonly number[] }): string =>
  `[${shape.join(', ')}]`;
const describe = (spec: InputSpec): string =>
  spec.below === undefined ? shapeOf(spec) : `${shapeOf(spec)} of ids below ${spec.below}`;

function checkSame(what: string, one: readonly string[], other: readonly string[]): void {
  if (one.join() === other.join()) return;
  throw new CommandError(
    `expected two models that ${what} the same, found ${one.join(' and ')} and ${other.join(' and ')}; are they the same network?`,
  );
}

function difference(
  one: readonly OutputValues[],
  other: readonly OutputValues[],
): Pick<Comparison, 'maxAbsDifference' | 'largest' | 'values'> {
  let [maxAbsDifference, largest, values] = [0, 0, 0];
  one.forEach(({ data }, at) => {
    for (let i = 0; i < data.length; i++) {
      const [mine, theirs] = [data[i]!, other[at]!.data[i]!];
      const apart = Object.is(mine, theirs) ? 0 : Math.abs(mine - theirs);
      // What is no number on one side is as far away as can be.
      maxAbsDifference = Math.max(maxAbsDifference, Number.isNaN(apart) ? Infinity : apart);
      largest = Math.max(largest, Math.abs(mine));
    }
    values += data.length;
  });
  return { maxAbsDifference, largest, values };
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
