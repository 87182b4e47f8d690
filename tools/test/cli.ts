// `npm test`: runs every package's tests (cached) and those of the tools through nx, and closes with one line that adds
// everything up. `--programs`, as `npm run test:programs` has it: builds, then whole programs and packed packages.
import { join } from 'node:path';
import { toolCommand } from '@secateur/testing/command';
import { clearResults, closingLine, countResults, failures, resultFiles } from './results.ts';
import { nxSucceeds, succeeds } from './run.ts';
import { root } from '../root.ts';

const args = process.argv.slice(2);
const programs = args[0] === '--programs';
const files = programs ? [join(root, 'tools/.test-results.json')] : resultFiles(root);
clearResults(files);
const wholePrograms = toolCommand('vitest', 'run', '--config', 'tools/vitest.programs.config.ts');
const passed = programs ? nxSucceeds('build') && succeeds(wholePrograms) : nxSucceeds('test', args);
// Beside the line that adds up, so that whoever sees the end of a log sees what failed.
for (const failure of failures(files)) console.log(`failed: ${failure}`);
console.log(closingLine(countResults(files, passed)));
process.exitCode = passed ? 0 : 1;
