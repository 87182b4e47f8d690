import { SweepError } from '../error.ts';
import { trialFigure } from './figure.ts';
import { middle, type Scan } from './scan.ts';
import { groupSeeds, type SeedGroup, type Trained } from './trade-off.ts';

/** Options of {@link findWork}. */
export interface FindOptions extends Scan {
  readonly from: number;
  readonly to: number;
  /** What the network may cost: a share of the whole network's work where it is at most 1, else the work itself. */
  readonly target: number;
  /** Greatest distance from the target, as a share of the target; 0.05 if left out. */
  readonly tolerance?: number;
  /** Most values between the ends that are tried, 12 if left out. */
  readonly steps?: number;
  /** The key of the whole network's work in a result; without it, a share is one of the work at `from`. */
  readonly whole?: string;
}

/** What {@link findWork} found. */
export interface Found {
  readonly value: number;
  /** Mean over the seeds, as `quality` is. */
  readonly work: number;
  readonly quality: number;
  /** The work that was looked for. */
  readonly target: number;
  readonly trained: readonly Trained[];
}

/**
 * Finds the value of a setting at which a network costs what it may, by bisection on the setting's scale; work only has to rise or
 * to fall over the range, whichever.
 *
 * @throws SweepError with code `argument` when the range does not contain the target, or jumps over it, which names the nearest
 * value; with code `sweep` when a trial came to nothing or its result lacks a figure.
 *
 * @example
 * ```ts
 * import { expandSweep, findWork } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{lambda}'];
 * const figures = { work: 'macs', quality: { key: 'loss', better: 'lower' } } as const;
 * const found = await findWork({
 *   ...figures,
 *   setting: 'lambda',
 *   scale: 'linear',
 *   from: 0,
 *   to: 8,
 *   target: 0.5, // half of the work at lambda 0
 *   specs: (lambda) => expandSweep({ name: 'a', command, settings: { lambda }, retries: 5 }),
 *   // In place of trainings: a network that costs 10 - lambda and has a loss of lambda.
 *   run: async (specs) =>
 *     specs.map((spec) => {
 *       const lambda = Number(spec.settings['lambda']);
 *       return { spec, result: { macs: 10 - lambda, loss: lambda } };
 *     }),
 * });
 * [found.value, found.work]; // => [5, 5]
 * found.trained.map(({ spec }) => spec.settings['lambda']); // => [0, 8, 4, 6, 5]
 * ```
 */
export async function findWork(options: FindOptions): Promise<Found> {
  const { setting, from, to, scale, tolerance = 0.05, steps = 12 } = options;
  if (!(options.target > 0)) {
    throw new SweepError(
      `find: expected a work above 0, found ${options.target}; give a share such as 0.4, or the work itself.`,
      { code: 'argument' },
    );
  }
  const trained: Trained[] = [];
  const measured = new Map<number, SeedGroup>();
  const measure = async (values: readonly number[]): Promise<SeedGroup[]> => {
    const specs = values.map((value) => options.specs(value));
    const results = await options.run(specs.flat());
    trained.push(...results);
    return values.map((value, i) => {
      const ids = new Set(specs[i]!.map(({ id }) => id));
      const group = groupOf(
        results.filter(({ spec, result }) => result !== undefined && ids.has(spec.id)),
        results.filter(({ spec, result }) => result === undefined && ids.has(spec.id)),
        value,
        options,
      );
      measured.set(value, group);
      return group;
    });
  };
  const [start, end] = (await measure([from, to])) as [SeedGroup, SeedGroup];
  const whole =
    options.whole === undefined ? start.work : trialFigure(start.trials[0]!, options.whole);
  const target = options.target <= 1 ? options.target * whole : options.target;
  const off = ({ work }: SeedGroup): number => Math.abs(work - target);
  const stop = (why: string, nearest: number, { work }: SeedGroup): SweepError =>
    new SweepError(
      `find: expected a ${setting} from ${from} to ${to} with a work of ${target}, give or take ${tolerance * target}, found ${why}; the nearest is ${setting} ${nearest} with a work of ${work}.`,
      { code: 'argument' },
    );
  let [low, high] = [from, to];
  for (let step = 0; ; step++) {
    const [value, group] = [...measured].reduce((a, b) => (off(b[1]) < off(a[1]) ? b : a));
    if (off(group) <= tolerance * target) {
      return { value, work: group.work, quality: group.quality, target, trained };
    }
    if (start.work > target === end.work > target) {
      const why = `works from ${start.work} to ${end.work}: choose another work or another range`;
      throw stop(why, value, group);
    }
    const next = middle(low, high, scale);
    if (step === steps || measured.has(next)) {
      const why = `none among ${measured.size} values: allow more steps or a greater tolerance`;
      throw stop(why, value, group);
    }
    const [between] = (await measure([next])) as [SeedGroup];
    if (between.work > target === start.work > target) low = next;
    else high = next;
  }
}

/** The seeds of one value; a search cannot go on without them all. */
function groupOf(
  finished: readonly Trained[],
  missing: readonly Trained[],
  value: number,
  { setting, work, quality }: Scan,
): SeedGroup {
  if (missing.length > 0) {
    throw new SweepError(
      `find: expected a result of every trial at ${setting} ${value}, found none of ${missing[0]!.spec.id}: "${missing[0]!.message ?? 'it was not trained'}"; mend that trial or change the range.`,
      { code: 'sweep' },
    );
  }
  return groupSeeds(finished, { work, quality: quality.key })[0]!;
}
