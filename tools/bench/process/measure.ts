import { spreadOf, type Spread } from '../timing.ts';
import { Skip, start, type ContenderSpec, type Running } from './contender.ts';

/** The rounds of one case of one contender. */
export interface Measurement {
  readonly contender: string;
  readonly simd?: string;
  readonly threads: number;
  readonly case: string;
  readonly ms: Spread;
  /** What the contender's process reported besides. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** A contender that was not measured. */
export interface Skipped {
  readonly contender: string;
  readonly threads: number;
  /** The size or model it was left out of. */
  readonly case: string;
  readonly reason: string;
}

/** What {@link measure} found. */
export interface Measured {
  readonly measurements: readonly Measurement[];
  readonly skipped: readonly Skipped[];
}

/** Options of {@link measure}. */
export interface MeasureOptions {
  readonly rounds: number;
  /** Stands before the names of the cases, such as the model they are of. */
  readonly label?: string;
  /** Which contenders to measure, by {@link titleOf}; all when left out. */
  readonly only?: ((title: string) => boolean) | undefined;
  say(line: string): void;
  /** Called when all are ready and before any is timed; throws when their results are not the same. */
  check?(running: readonly Running[]): void;
}

/**
 * Times contenders in turn, a round of each after a round of the others, so that a machine that slows down meanwhile
 * slows all of them. One round of each is run before and not counted. One that fails is reported and left out.
 */
export async function measure(
  specs: readonly ContenderSpec[],
  options: MeasureOptions,
): Promise<Measured> {
  const { rounds, label = '', say, only = () => true } = options;
  const skipped: Skipped[] = [];
  const entries: { running: Running; times: Map<string, number[]>; failed: boolean }[] = [];
  const leaveOut = ({ contender, threads }: ContenderSpec, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    skipped.push({ contender, threads, case: label, reason });
    say(`  ${contender}: ${error instanceof Skip ? 'skipped' : 'failed'}: ${reason}`);
  };
  try {
    for (const spec of specs.filter((each) => only(titleOf(each)))) {
      say(`  ${[label, titleOf(spec)].filter(Boolean).join(', ')}: starting`);
      try {
        const running = await start(spec);
        entries.push({ running, times: new Map(), failed: false });
        checkBuild(running);
      } catch (error) {
        const last = entries.at(-1);
        if (last?.running.spec === spec) last.failed = true;
        leaveOut(spec, error);
      }
    }
    options.check?.(entries.map(({ running }) => running));
    for (let round = 0; round <= rounds; round++) {
      for (const entry of entries.filter(({ failed }) => !failed)) {
        const { rounds: most = rounds, warmup = true } = entry.running.spec;
        if (round > most || (round === 0 && !warmup)) continue;
        try {
          const times = await entry.running.round();
          if (round > 0) record(entry.times, times);
        } catch (error) {
          entry.failed = true;
          leaveOut(entry.running.spec, error);
        }
      }
      say(
        `  ${[label, round === 0 ? 'warm' : `round ${round} of ${rounds}`].filter(Boolean).join(', ')}`,
      );
    }
    const measurements: Measurement[] = [];
    for (const { running, times } of entries.filter(({ failed }) => !failed)) {
      const facts = { ...running.facts, ...(await running.end()) };
      for (const [name, list] of times)
        measurements.push(toMeasurement(running.spec, label, name, list, facts));
    }
    return { measurements, skipped };
  } finally {
    for (const { running } of entries) running.kill();
  }
}

/** A table must not show one build under the name of the other. */
function checkBuild({ spec, facts: { simd } }: Running): void {
  if (spec.simd === undefined || simd === undefined || simd === spec.simd) return;
  throw new Error(
    `${spec.contender}: expected the ${spec.simd} build of the kernels, found that the process took ${String(simd)}; does process/simd.ts still know how a build is chosen?`,
  );
}

/** A contender with its build and threads. */
export function titleOf({
  contender,
  simd,
  threads,
}: Pick<Measurement, 'contender' | 'threads'> & { readonly simd?: string }): string {
  return `${contender}${simd === undefined ? '' : `, ${simd} SIMD`}, ${threadsText(threads)}`;
}

/** Such as `2 threads`. */
export const threadsText = (threads: number): string =>
  `${threads} ${threads === 1 ? 'thread' : 'threads'}`;

/** One measurement of each contender, in the order in which they were measured. */
export function contendersOf(measurements: readonly Measurement[]): Measurement[] {
  return [...new Map(measurements.map((one) => [titleOf(one), one])).values()];
}

/** The rounds of a contender's case; undefined when it was not measured. */
export const spreadAt = (
  measurements: readonly Measurement[],
  contender: Parameters<typeof titleOf>[0],
  name: string,
): Spread | undefined =>
  measurements.find((other) => other.case === name && titleOf(other) === titleOf(contender))?.ms;

function record(times: Map<string, number[]>, round: Readonly<Record<string, number>>): void {
  for (const [name, ms] of Object.entries(round)) {
    const list = times.get(name) ?? [];
    list.push(ms);
    times.set(name, list);
  }
}

function toMeasurement(
  spec: ContenderSpec,
  label: string,
  name: string,
  times: readonly number[],
  facts: Readonly<Record<string, unknown>>,
): Measurement {
  const { contender, simd, threads } = spec;
  // Values that were only there to be compared are not worth a place in the file.
  const scalars = Object.entries(facts).filter(
    (entry): entry is [string, number | string] =>
      typeof entry[1] === 'number' || typeof entry[1] === 'string',
  );
  return {
    contender,
    ...(simd !== undefined && { simd }),
    threads,
    case: [label, name].filter(Boolean).join(' '),
    ms: spreadOf(times),
    facts: Object.fromEntries(scalars),
  };
}
