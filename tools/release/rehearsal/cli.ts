// npm run release:rehearse [-- 22 24]: a whole release, to an npm registry on this machine that is gone afterwards.
import { NODE_VERSIONS, chosenVersions } from '../../nodes/versions.ts';
import { ToolError, toolMain } from '@secateur/testing/system';
import { rehearse } from './rehearse.ts';
import { root } from '../../root.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Once: a second one ends the process at once, as usual.
  process.once(name, () => {
    console.error(`release: ${name}; cleaning up`);
    stop.abort(new ToolError(`release: ended by ${name}; nothing is left of the rehearsal.`));
  });
}

const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);

await toolMain(async () => {
  const words = process.argv.slice(2);
  const nodes = words.length > 0 ? chosenVersions(words) : NODE_VERSIONS;
  const packages = await rehearse({
    root,
    nodes,
    say: (line) => {
      console.log(line.startsWith(' ') ? line : `[${seconds()} s] ${line}`);
    },
    signal: stop.signal,
  });
  const versions = new Set(packages.map(({ manifest }) => manifest.version));
  console.log(
    `The rehearsal passed in ${seconds()} s: ${packages.length} packages, version ${[...versions].join(' and ')}, were published to a registry on this machine alone, installed from there by name, and used on Node ${nodes.join(', ')}. Nothing of it is left.`,
  );
});
