import { markdownTable } from '../markdown-table.ts';

/** How a program took what was done to it. Those of {@link faults} must not happen. */
export type Outcome =
  | 'as before'
  | 'read as other content'
  | 'refused'
  | 'raw error'
  | 'silent difference'
  | 'tensors left'
  | 'much memory'
  | 'outside the folder'
  | 'polluted prototype'
  | 'hang'
  | 'crash';

/** Outcomes that are faults of ours. */
export const faults: ReadonlySet<Outcome> = new Set<Outcome>([
  'raw error',
  'silent difference',
  'tensors left',
  'much memory',
  'outside the folder',
  'polluted prototype',
  'hang',
  'crash',
]);

/** How often what came of something, by its name. */
export type Tally = Map<string, Map<Outcome, number>>;

/** Counts an outcome. */
export function count(tally: Tally, name: string, outcome: Outcome): void {
  const row = tally.get(name) ?? new Map<Outcome, number>();
  tally.set(name, row.set(outcome, (row.get(outcome) ?? 0) + 1));
}

/** How many outcomes are counted. */
export function total(tally: Tally): number {
  const counts = [...tally.values()].flatMap((row) => [...row.values()]);
  return counts.reduce((sum, n) => sum + n, 0);
}

/** Each fault that is counted, by what was done. */
export function faultsIn(tally: Tally): string[] {
  return [...tally].flatMap(([name, row]) =>
    [...row].flatMap(([outcome, n]) =>
      faults.has(outcome) ? Array.from({ length: n }, () => `${name}: ${outcome}`) : [],
    ),
  );
}

/** The counts as a table in Markdown: a row for each name, a column for each outcome that came up. */
export function tableOf(tally: Tally): string {
  const all: readonly Outcome[] = ['as before', 'read as other content', 'refused', ...faults];
  const seen = all.filter((outcome) => [...tally.values()].some((row) => row.has(outcome)));
  const rows = [...tally].map(([name, row]) => [
    name,
    ...seen.map((outcome) => String(row.get(outcome) ?? 0)),
  ]);
  return markdownTable(['', ...seen], rows);
}
