// `npm test`: runs every package's tests through nx (cached), those of the tools, and closes with one line that adds
// everything up. `--programs`, as `npm run test:programs` has it: builds, then whole programs and packed packages.
import { join } from 'node:path';
import { toolCommand } from '@secateur/testing/command';
import { clearResults, closingLine, countResults, failures, resultFiles } from './results.ts';
import { nxSucceeds, root, succeeds } from './run.ts';

const vitest = (config: string): boolean =>
  succeeds(toolCommand('vitest', 'run', '--config', config));

const args = process.argv.slice(2);
const programs = args[0] === '--programs';
const files = programs ? [join(root, 'tools/.test-results.json')] : resultFiles(root);
clearResults(files);
// Both halves run, whatever the first finds.
const halves = programs
  ? [nxSucceeds('build') && vitest('tools/vitest.programs.config.ts')]
  : [nxSucceeds('test', args), vitest('tools/vitest.config.ts')];
const passed = halves.every(Boolean);
// Beside the line that adds up, so that whoever sees the end of a log sees what failed.
for (const failure of failures(files)) console.log(`failed: ${failure}`);
console.log(closingLine(countResults(files, passed)));
process.exitCode = passed ? 0 : 1;
