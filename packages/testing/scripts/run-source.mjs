// Runs a TypeScript program on the sources of the packages: `node run-source.mjs FILE ARGUMENT…`. The program finds `process.argv` and
// `process.execArgv` as if Node could read FILE, so that what it starts in turn starts in the same way. esbuild joins its sources
// into one folder of node_modules, once, and again when one of them has changed: so it starts in a quarter of the time that a
// loader takes, which reads hundreds of files one by one.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, parse, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../../..');
const cache = join(root, 'node_modules/.cache/secateur-programs');
// Another installation has dependencies in other places.
const lock = join(root, 'package-lock.json');

const file = resolve(process.argv[2]);
process.argv.splice(1, 2, file);
process.execArgv = [...process.execArgv, import.meta.filename];
await import(pathToFileURL(await joined(file)).href);

/** The program in one piece, as fresh as its sources. */
async function joined(program) {
  mkdirSync(cache, { recursive: true });
  const name = `${parse(program).name}-${digest(program)}`;
  const record = join(cache, `${name}.json`);
  if (existsSync(record)) {
    const { folder, inputs } = JSON.parse(readFileSync(record, 'utf8'));
    if (inputs.every(([input, state]) => stateOf(input) === state)) return entry(folder, program);
  }
  removeOld(name);
  // A folder that no other process knows yet: one that began in another reads from there until it ends.
  const folder = mkdtempSync(join(cache, `${name}-`));
  const { joinSources } = await import('./join-sources.mjs');
  const begun = [import.meta.filename, lock].map((path) => [path, stateOf(path)]);
  const inputs = [...begun, ...(await joinSources(program, folder, stateOf))];
  const aside = join(folder, 'inputs.json');
  writeFileSync(aside, JSON.stringify({ folder, inputs }));
  renameSync(aside, record);
  return entry(folder, program);
}

/** Removes what was made of a program more than a day ago, which nothing runs any more. */
function removeOld(name) {
  for (const each of readdirSync(cache).filter((folder) => folder.startsWith(`${name}-`))) {
    const folder = join(cache, each);
    const state = statSync(folder, { throwIfNoEntry: false });
    if (state !== undefined && Date.now() - state.mtimeMs > 86_400_000)
      rmSync(folder, { recursive: true, force: true });
  }
}

/** Changes when a file does. */
function stateOf(path) {
  const state = statSync(path, { throwIfNoEntry: false });
  return state === undefined ? null : `${state.mtimeMs} ${state.size}`;
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function entry(folder, program) {
  return join(folder, `${parse(program).name}.mjs`);
}
