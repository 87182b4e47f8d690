// `npm run api:check`: fails when exported signatures changed and no changeset says so.
import { Command } from 'commander';
import { checkSignatures } from './check.ts';
import { root } from '../root.ts';

const program = new Command('api:check')
  .description('Fails when a file of docs/signatures changed without a changeset for its package.')
  .option('--base <ref>', 'compare with where this branch left it; origin/main or main by default')
  .option('--root <folder>', 'the repository', root)
  .parse();
const options = program.opts<{ base?: string; root: string }>();

try {
  const { base, changed, changesets } = checkSignatures(options.root, options.base);
  const since = base.slice(0, 9);
  const missing = changed.filter((each) => each.changesets.length === 0);
  for (const { name, file } of missing) {
    const found = changesets.length === 0 ? 'none' : `only ${changesets.join(', ')}`;
    console.error(
      `${name}: expected a changeset that names it, as ${file} differs from ${since}; found ${found} since then. ` +
        `Run \`npm run changeset\`, choose ${name} and say what its users have to know.`,
    );
  }
  if (missing.length > 0) process.exitCode = 1;
  else if (changed.length === 0) console.log(`api:check: no signature changed since ${since}`);
  else console.log(`api:check: every change since ${since} has a changeset`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
