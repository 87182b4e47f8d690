// `npm test`: runs every package's tests through nx (cached), builds, checks the packed packages, and closes with one
// line that adds everything up.
import { toolCommand } from '@secateur/testing/command';
import { clearResults, closingLine, countResults, failures, resultFiles } from './results.ts';
import { nxSucceeds, root, succeeds } from './run.ts';

const files = resultFiles(root);
clearResults(files);
const packagesPassed = nxSucceeds('test', process.argv.slice(2));
// The checks of the packed packages pack what is built.
const toolsPassed =
  nxSucceeds('build') &&
  succeeds(toolCommand('vitest', 'run', '--config', 'tools/vitest.config.ts'));
const counts = countResults(files, packagesPassed && toolsPassed);
// Beside the line that adds up, so that whoever sees the end of a log sees what failed.
for (const failure of failures(files)) console.log(`failed: ${failure}`);
console.log(closingLine(counts));
process.exitCode = packagesPassed && toolsPassed ? 0 : 1;
