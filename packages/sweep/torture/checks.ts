import type { SmallSweep, Tortured, Undisturbed } from './torture.ts';

/** Something that must hold, and whether it did. */
export interface Check {
  readonly name: string;
  /** What was found in its place; undefined when it holds. */
  readonly problem: string | undefined;
}

/** Runs a check that throws what is wrong. */
export async function checked(name: string, body: () => Promise<void>): Promise<Check> {
  try {
    await body();
    return { name, problem: undefined };
  } catch (error) {
    return { name, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What must hold after a sweep was tortured. */
export function checksOf(
  kind: string,
  { ids }: SmallSweep,
  alone: Undisturbed,
  { stored, counts, harms, complaints }: Tortured,
): Check[] {
  const check = (name: string, problems: readonly string[]): Check => ({
    name: `${kind}: ${name}`,
    problem: problems.length === 0 ? undefined : problems.slice(0, 3).join('\n'),
  });
  return [
    check(
      'every trial has a result',
      ids.filter((id) => !stored.bits.has(id)).map((id) => `${id} has none`),
    ),
    check(
      'the queue has each of them once, as done',
      counts['done'] === ids.length &&
        Object.values(counts).reduce((sum, count) => sum + count, 0) === ids.length
        ? []
        : [JSON.stringify(counts)],
    ),
    check(
      'no trial has two results',
      stored.doubled === 0 ? [] : [`${stored.doubled} results too many`],
    ),
    check(
      'results and weights have the bits of those that were left alone',
      ids
        .filter((id) => stored.bits.has(id) && stored.bits.get(id) !== alone.stored.bits.get(id))
        .map((id) => `${id}: ${stored.bits.get(id)!}\ninstead of\n${alone.stored.bits.get(id)!}`),
    ),
    check(
      'what a dead worker started ends by itself',
      harms.orphans === 0 ? [] : [`${harms.orphans} went on`],
    ),
    check(
      'a worker at work waits for its queue and its store; one that starts without them says so',
      complaints.filter(
        // A folder that is away looks like one in which nothing has been added.
        (said) => !/: expected (Redis|PostgreSQL) at |: expected (to .*|sweeps\/.*) in /.test(said),
      ),
    ),
    check(
      'harm was done and attempts went on from checkpoints',
      Object.values(harms.counts).some((count) => count > 0) && stored.resumes > 0
        ? []
        : [JSON.stringify(harms.counts)],
    ),
  ];
}
