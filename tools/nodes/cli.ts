// npm run test:nodes [-- 22 24]: every package's tests, on cpu and wasm, on other Nodes than the one that runs this.
import {
  clearResults,
  closingLine,
  countResults,
  failures,
  none,
  plus,
  resultFiles,
} from '../test/results.ts';
import { nxSucceeds } from '../test/run.ts';
import { toolMain } from '@secateur/testing/system';
import { environmentOf, installNode } from './install.ts';
import { chosenVersions } from './versions.ts';
import { root } from '../root.ts';

const say = (line: string): void => {
  console.log(line);
};

await toolMain(() => {
  const words = process.argv.slice(2);
  let total = none;
  const lines: string[] = [];
  for (const version of chosenVersions(words.length > 0 ? words : ['22', '24'])) {
    const binary = installNode(version, say);
    const files = resultFiles(root);
    clearResults(files);
    const started = performance.now();
    const ranWell = nxSucceeds('test', ['--exclude=tools'], {
      ...environmentOf(binary, process.env),
      // A daemon of nx would go on with the Node that started it.
      NX_DAEMON: 'false',
      SECATEUR_TEST_BACKENDS: 'cpu,wasm',
      SECATEUR_TEST_NODE: version,
    });
    const counts = countResults(files, ranWell);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    // The next Node's results replace these.
    lines.push(...failures(files).map((failure) => `failed on Node ${version}: ${failure}`));
    lines.push(`Node ${version}: ${closingLine(counts)}, ${seconds} s`);
    total = plus(total, counts);
  }
  for (const line of lines) console.log(line);
  console.log(closingLine(total));
  process.exitCode = total.failed === 0 ? 0 : 1;
});
