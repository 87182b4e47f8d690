import { CommandError } from '../command-error.ts';
import {
  drawInputs,
  type InputSpec,
  type InputValues,
  type OutputValues,
  type Runner,
} from './random.ts';

/** What two models are compared on. */
export interface CompareOptions {
  readonly batch: number;
  readonly steps: number;
  readonly seed: number;
  /** Inputs that are not random, by name: all of their values are this. */
  readonly input?: Readonly<Record<string, number>>;
  /** Whether they are timed; by default they are. */
  readonly timed?: boolean;
}

const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 50;
const TIMED_MS = 500;

/** How far two models are apart. */
export interface Comparison {
  readonly maxAbsDifference: number;
  /** Largest value of an output of the first, to judge the difference by. */
  readonly largest: number;
  /** How many values were compared. */
  readonly values: number;
  /** How many of them are numbers from the first model, and infinite or no number (NaN) from the other. */
  readonly lost: number;
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
  { batch, steps, seed, input = {}, timed = true }: CompareOptions,
): Promise<Comparison> {
  const drawn = drawPairs(one.inputs(batch, steps), other.inputs(batch, steps), seed);
  const inputs = [filled(drawn[0], input), filled(drawn[1], input)] as const;
  // Once before, so that nothing is timed for the first time.
  const [mine, theirs] = [await one.run(inputs[0]), await other.run(inputs[1])];
  const alike = mine.map(({ shape }, i) => shape.join() === theirs[i]?.shape.join());
  // States that were pruned are what may differ, and the rest must be there.
  const states = inputs[0].some(({ shape }, i) => shape.join() !== inputs[1][i]!.shape.join());
  if (mine.length !== theirs.length || !(states ? alike.some(Boolean) : alike.every(Boolean))) {
    throw different('give', mine.map(shapeOf), theirs.map(shapeOf));
  }
  const times: [number[], number[]] = [[], []];
  // Small models are run more often: the engine compiles what runs for a while.
  const enough = performance.now() + TIMED_MS;
  for (let round = 0; round < (timed ? MOST_ROUNDS : 1); round++) {
    if (round >= LEAST_ROUNDS && performance.now() > enough) break;
    for (const [i, runner] of [one, other].entries()) {
      const start = performance.now();
      await runner.run(inputs[i as 0 | 1]);
      times[i as 0 | 1].push(performance.now() - start);
    }
  }
  return {
    ...difference(
      mine.filter((_, i) => alike[i]),
      theirs.filter((_, i) => alike[i]),
    ),
    by: [one.by, other.by],
    milliseconds: [median(times[0]), median(times[1])],
  };
}

const shapeOf = ({ shape }: { readonly shape: readonly number[] }): string =>
  `[${shape.join(', ')}]`;
const describe = (spec: InputSpec): string =>
  spec.below === undefined ? shapeOf(spec) : `${shapeOf(spec)} of ids below ${spec.below}`;

const isIds = ({ below }: InputSpec): boolean => below !== undefined;

/** The same inputs for both. One by the same name and of another size, as states of a pruned model are, is zeros in both. */
function drawPairs(
  mine: readonly InputSpec[],
  theirs: readonly InputSpec[],
  seed: number,
): [InputValues[], InputValues[]] {
  const same = mine.map((spec, i) => {
    const other = theirs[i];
    return other !== undefined && shapeOf(spec) === shapeOf(other) && isIds(spec) === isIds(other);
  });
  const isState = (spec: InputSpec, i: number): boolean =>
    !isIds(spec) && spec.name === theirs[i]?.name && spec.shape.length === theirs[i].shape.length;
  const paired = mine.every((spec, i) => same[i] === true || isState(spec, i));
  if (mine.length !== theirs.length || !paired || !same.some(Boolean)) {
    throw different('take', mine.map(describe), theirs.map(describe));
  }
  // A graph does not say how many ids there are, where a table does.
  const drawn = drawInputs(
    mine.map((spec, i) =>
      isIds(spec) ? { ...spec, below: Math.min(spec.below!, theirs[i]!.below!) } : spec,
    ),
    seed,
  );
  const zeros = (spec: InputSpec): InputValues => ({
    ...spec,
    data: new Float64Array(spec.shape.reduce((product, size) => product * size, 1)),
  });
  return [
    drawn.map((values, i) => (same[i] ? values : zeros(mine[i]!))),
    drawn.map((values, i) => (same[i] ? values : zeros(theirs[i]!))),
  ];
}

/** The same inputs with some of them as the caller wants them. */
function filled(
  inputs: readonly InputValues[],
  wanted: Readonly<Record<string, number>>,
): InputValues[] {
  const unknown = Object.keys(wanted).find((name) => inputs.every((each) => each.name !== name));
  if (unknown !== undefined) {
    throw new CommandError(
      `expected as --input one of ${inputs.map(({ name }) => name).join(', ')}, found "${unknown}"; correct the name.`,
    );
  }
  return inputs.map((each) =>
    Object.hasOwn(wanted, each.name)
      ? { ...each, data: each.data.map(() => wanted[each.name]!) }
      : each,
  );
}

const different = (what: string, one: readonly string[], other: readonly string[]): CommandError =>
  new CommandError(
    `expected two models that ${what} the same, found ${one.join(' and ')} and ${other.join(' and ')}; are they the same network?`,
  );

function difference(
  one: readonly OutputValues[],
  other: readonly OutputValues[],
): Pick<Comparison, 'maxAbsDifference' | 'largest' | 'values' | 'lost'> {
  let [maxAbsDifference, largest, values, lost] = [0, 0, 0, 0];
  one.forEach(({ data }, at) => {
    for (let i = 0; i < data.length; i++) {
      const [mine, theirs] = [data[i]!, other[at]!.data[i]!];
      if (Number.isFinite(mine) && !Number.isFinite(theirs)) lost++;
      const apart = Object.is(mine, theirs) ? 0 : Math.abs(mine - theirs);
      // What is no number on one side is as far away as can be.
      maxAbsDifference = Math.max(maxAbsDifference, Number.isNaN(apart) ? Infinity : apart);
      largest = Math.max(largest, Math.abs(mine));
    }
    values += data.length;
  });
  return { maxAbsDifference, largest, values, lost };
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
