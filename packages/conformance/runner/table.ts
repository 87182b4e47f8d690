import type { Target } from '../src/targets.ts';
import type { Outcome } from './run.ts';

/** One line of the table: a target that ran, or the reason why it did not. */
export interface Row {
  readonly target: Target;
  /** What the tests gave; absent when the target was skipped. */
  readonly outcome?: Outcome;
  /** Why the target did not run, or what went wrong besides its tests. */
  readonly reason?: string;
}

const header = ['target', 'backend', 'engine', 'passed', 'failed', 'skipped', 'what was active'];

/** Prints rows as a table of aligned columns. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [header, ...rows.map(cellsOf)];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellsOf({ target, outcome, reason }: Row): string[] {
  const { name, backend, engine } = target;
  if (outcome === undefined) {
    return [name, backend, engine, '-', '-', '-', `did not run: ${reason ?? ''}`];
  }
  const { passed, failed, skipped } = outcome;
  const active = describeActive(outcome.active);
  const said = [active, reason].filter((part) => part !== undefined && part !== '').join('; ');
  return [name, backend, engine, ...[passed, failed, skipped].map(String), said];
}

/** What was active in a few words: the browser's version, features and adapter, without the versions of packages. */
function describeActive(active: Outcome['active']): string {
  return Object.entries(active)
    .flatMap(([name, value]) => {
      if (name.startsWith('@')) return [];
      if (name === 'engine') return /Chrome\/\S+/.exec(String(value))?.[0].replace('/', ' ') ?? [];
      return `${name} ${value}`;
    })
    .join(', ');
}

/** Pairs of targets that promise each other's bits. */
const sameBits: readonly (readonly [string, string])[] = [
  ['wasm', 'wasm-threads'],
  ['chromium-wasm', 'chromium-wasm-isolated'],
];

/** Says which targets that promise the same bits computed others. */
export function differingBits(rows: readonly Row[]): string[] {
  const bitsOf = (name: string): string | undefined =>
    rows.find(({ target }) => target.name === name)?.outcome?.bits;
  return sameBits.flatMap(([a, b]) => {
    const [first, second] = [bitsOf(a), bitsOf(b)];
    if (first === undefined || second === undefined || first === second) return [];
    return `${a} and ${b}: expected the same bits, found ${first} and ${second}`;
  });
}
