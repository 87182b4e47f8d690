// `npm run api:check`: fails when exported signatures changed and no changeset says so.
import { Command } from 'commander';
import { checkSignatures, type ChangedPackage } from './check.ts';
import { root } from '../root.ts';

const program = new Command('api:check')
  .description('Fails when a file of docs/signatures changed without a changeset for its package.')
  .option('--base <ref>', 'compare with where this branch left it; origin/main or main by default')
  .option('--root <folder>', 'the repository', root)
  .parse();
const options = program.opts<{ base?: string; root: string }>();

const short = (commit: string): string => commit.slice(0, 9);

function complaint({ name, file, base, others }: ChangedPackage): string {
  const found = others.length === 0 ? 'none' : `only ${others.join(', ')}`;
  return (
    `${name}: expected a changeset that names it, as ${file} differs from ${short(base.commit)} (${base.label}); ` +
    `found ${found} since then. Run \`npm run changeset\`, choose ${name} and say what its users have to know.`
  );
}

try {
  const { bases, changed } = checkSignatures(options.root, options.base);
  const compared = bases.map(({ commit, label }) => `${short(commit)} (${label})`).join(', ');
  console.log(`api:check: compared with ${compared}`);
  for (const { name, changesets } of changed) {
    if (changesets.length > 0) console.log(`${name} changed: ${changesets.join(', ')}`);
  }
  const missing = changed.filter(({ changesets }) => changesets.length === 0);
  for (const change of missing) console.error(complaint(change));
  if (missing.length > 0) process.exitCode = 1;
  else console.log(changed.length === 0 ? 'no signature changed' : 'every change has a changeset');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
