import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from './bundle.ts';

/** At most so many kB (1000 bytes) by name of what is bundled. */
export type Budgets = Readonly<Record<string, number>>;

/** The file of the budgets. */
export const BUDGETS: string = join(import.meta.dirname, 'budgets.json');

/** Reads the budgets. */
export const readBudgets = (): Budgets => JSON.parse(readFileSync(BUDGETS, 'utf8')) as Budgets;

/** A new budget in kB: 5 % of room, and up to the next half. */
export const budgetFor = ({ bytes }: Bundle): number => Math.ceil((bytes * 1.05) / 500) / 2;

/** What to do about each bundle that is larger than its budget, or that has none; and about each budget of nothing. */
export function complaints(bundles: ReadonlyMap<string, Bundle>, budgets: Budgets): string[] {
  const gone = Object.keys(budgets).filter((name) => !bundles.has(name));
  return [
    ...[...bundles].flatMap(([name, bundle]) => complaint(name, bundle, budgets[name])),
    ...gone.map(
      (name) => `${name}: expected it to be bundled, found only its budget; run npm run sizes.`,
    ),
  ];
}

function complaint(name: string, { bytes, parts }: Bundle, budget: number | undefined): string[] {
  if (budget === undefined) return [`${name}: expected a budget, found none; run npm run sizes.`];
  if (bytes <= budget * 1000) return [];
  const largest = parts.slice(0, 3).map(([path, size]) => `${path} ${size}`);
  return [
    `${name}: expected at most ${budget} kB, found ${(bytes / 1000).toFixed(2)} kB, minified and gzipped ` +
      `(largest, in bytes before gzip: ${largest.join(', ')}); make it smaller, or, where what it does now is worth it, ` +
      `run npm run sizes -- --budget '${name}' and say why in the commit.`,
  ];
}
