import { SweepError } from '../error.ts';
import { distance, middle, type Scan } from './scan.ts';
import { groupSeeds, nonDominated, type SeedGroup, type Trained } from './trade-off.ts';

/** Options of {@link trainFront}. */
export interface FrontOptions extends Scan {
  /** Values that are trained first, such as a coarse grid; at least 2. */
  readonly first: readonly number[];
  /** Most trials, seeds counted; those of the first values are trained in any case. */
  readonly trials: number;
  /** Values that are trained at once, 1 if left out: each choice is the better, the more is known. */
  readonly atOnce?: number;
}

/** What {@link trainFront} found. */
export interface Front {
  /** The front, by work: what no other settings beat, as means over seeds. */
  readonly front: readonly SeedGroup[];
  readonly trained: readonly Trained[];
}

/**
 * Trains towards the trade-off of quality against work: first a coarse grid, then again and again a value between the two neighbors
 * on the front whose works have the greatest ratio, in the middle of the widest part between them that has not been trained.
 *
 * @throws SweepError with code `argument` when there are fewer than 2 first values, `sweep` when a result lacks a figure.
 *
 * @example
 * ```ts
 * import { expandSweep, trainFront } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{lambda}'];
 * const figures = { work: 'macs', quality: { key: 'loss', better: 'lower' } } as const;
 * const { front } = await trainFront({
 *   ...figures,
 *   setting: 'lambda',
 *   scale: 'log',
 *   first: [0.01, 1],
 *   trials: 3,
 *   specs: (lambda) => expandSweep({ name: 'a', command, settings: { lambda }, retries: 5 }),
 *   // In place of trainings: a network that costs 1 / lambda and has a loss of lambda.
 *   run: async (specs) =>
 *     specs.map((spec) => {
 *       const lambda = Number(spec.settings['lambda']);
 *       return { spec, result: { macs: 1 / lambda, loss: lambda } };
 *     }),
 * });
 * front.map(({ work, quality }) => [work, quality]); // => [[1, 1], [10, 0.1], [100, 0.01]]
 * ```
 */
export async function trainFront(options: FrontOptions): Promise<Front> {
  const { specs, run, first, trials, atOnce = 1 } = options;
  if (first.length < 2) {
    throw new SweepError(
      `front: expected at least 2 values to begin with, found ${first.length}; give the range a greater count.`,
      { code: 'argument' },
    );
  }
  const values: number[] = [];
  const trained: Trained[] = [];
  const train = async (next: readonly number[]): Promise<void> => {
    values.push(...next);
    trained.push(...(await run(next.flatMap((value) => specs(value)))));
  };
  const frontNow = (): SeedGroup[] =>
    nonDominated(
      groupSeeds(trained, { work: options.work, quality: options.quality.key }),
      options.quality.better,
    );
  await train(first);
  const seeds = specs(first[0]!).length;
  for (;;) {
    const front = frontNow();
    const room = Math.floor(trials / seeds) - values.length;
    const next = room > 0 ? gaps(front, values, options).slice(0, Math.min(room, atOnce)) : [];
    if (next.length === 0) return { front, trained };
    await train(next);
  }
}

/** Values worth training, that of the widest gap in work first. */
function gaps(front: readonly SeedGroup[], values: readonly number[], scan: Scan): number[] {
  const at = ({ settings }: SeedGroup): number => settings[scan.setting] as number;
  // The ratio to a network that costs nothing is infinite: nothing else would ever be trained.
  const some = front.filter(({ work }) => work > 0);
  const found = some
    .slice(1)
    .map((right, i) => ({ left: some[i]!, right }))
    .filter(({ left, right }) => right.work > left.work)
    .sort((a, b) => b.right.work / b.left.work - a.right.work / a.left.work)
    .map(({ left, right }) => widest(at(left), at(right), values, scan));
  return [...new Set(found.filter((value) => value !== undefined))];
}

/** The middle of the widest part between two values in which nothing was trained; undefined when six digits tell none. */
function widest(
  a: number,
  b: number,
  values: readonly number[],
  { scale }: Scan,
): number | undefined {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const inside = values.filter((value) => value >= low && value <= high).sort((x, y) => x - y);
  return inside
    .slice(1)
    .map((right, i) => ({ left: inside[i]!, right }))
    .sort((x, y) => distance(y.left, y.right, scale) - distance(x.left, x.right, scale))
    .map(({ left, right }) => middle(left, right, scale))
    .find((value) => !values.includes(value));
}
