// Writes the tables and pictures of docs/results from the kept result files. With run directories as arguments, first keeps
// their results: `npm run results -- runs/quick runs/rhn-small-lambda=0.02 ...`.
import { join } from 'node:path';
import { Command } from 'commander';
import { writePages, type PagesOptions } from './pages.ts';
import { root } from '../root.ts';

const program = new Command('results')
  .description('Writes the tables and pictures of docs/results from the kept result files.')
  .argument('[runs...]', 'folders of finished runs, whose results are kept first')
  .option('--folder <folder>', 'folder of the pages', join(root, 'docs/results'))
  .option('--kit <folder>', 'what a run of build/kit/run.sh left, which is kept first')
  .option('--readme <file>', 'the README that shows some of it', join(root, 'README.md'))
  .parse();
for (const table of await writePages({ ...program.opts<PagesOptions>(), runs: program.args })) {
  console.log(table);
}
