// `npm run sizes`: measures what is built, writes the table of docs/reference/sizes.md, and gives what is new a budget.
import { writeFileAtomic } from '@secateur/training';
import { Command } from 'commander';
import { writeBetween } from '../between.ts';
import { markdownTable } from '../markdown-table.ts';
import { BUDGETS, budgetFor, complaints, readBudgets } from './budgets.ts';
import { measure, SIZES } from './measure.ts';

const program = new Command('sizes')
  .description(
    'Writes the sizes of the bundles into docs/reference/sizes.md and holds them to their budgets.',
  )
  .option('--budget <names...>', 'bundles that get a new budget: what they have now and 5 %')
  .parse();
const { budget: renewed = [] } = program.opts<{ budget?: string[] }>();

const bundles = await measure();
const unknown = renewed.find((name) => !bundles.has(name));
if (unknown !== undefined) {
  program.error(`expected one of ${[...bundles.keys()].join(', ')}, found "${unknown}"`);
}
const old = readBudgets();
const budgets = Object.fromEntries(
  [...bundles].map(([name, bundle]) => [
    name,
    renewed.includes(name) ? budgetFor(bundle) : (old[name] ?? budgetFor(bundle)),
  ]),
);
writeFileAtomic(BUDGETS, `${JSON.stringify(budgets, null, 2)}\n`);
// In kB of 1000 bytes.
const rows = [...bundles].map(([name, { bytes }]) => [
  name.startsWith('@') ? `\`${name}\`` : name,
  (bytes / 1000).toFixed(1),
]);
await writeBetween(SIZES, { sizes: markdownTable(['bundle', 'kB'], rows) });
for (const [name, { bytes }] of bundles) {
  console.log(`${name}: ${(bytes / 1000).toFixed(2)} kB of ${budgets[name]!} kB`);
}
for (const complaint of complaints(bundles, budgets)) {
  console.error(complaint);
  process.exitCode = 1;
}
