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
// Stack traces name the sources.
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(await joined(file), 'program.mjs')).href);

/** The folder of the program in one piece, as fresh as its sources. */
async function joined(program) {
  mkdirSync(cache, { recursive: true });
  const digest = createHash('sha256').update(program).digest('hex').slice(0, 12);
  const name = `${parse(program).name}-${digest}-`;
  const all = readdirSync(cache);
  const fresh = all.find((each) => each.startsWith(name) && isFresh(join(cache, each)));
  if (fresh !== undefined) return join(cache, fresh);
  removeOld(all);
  // A folder that no other process knows yet: one that began in another reads from there until it ends.
  const folder = mkdtempSync(join(cache, name));
  const { joinSources } = await import('./join-sources.mjs');
  const begun = [import.meta.filename, lock].map((path) => [path, stateOf(path)]);
  const inputs = [...begun, ...(await joinSources(program, folder, stateOf))];
  const aside = join(folder, 'inputs.aside');
  writeFileSync(aside, JSON.stringify(inputs));
  renameSync(aside, join(folder, 'inputs.json'));
  return folder;
}

/** Whether what is in a folder is whole, and its sources are as they were. */
function isFresh(folder) {
  const record = join(folder, 'inputs.json');
  if (!existsSync(record)) return false;
  return JSON.parse(readFileSync(record, 'utf8')).every(([path, state]) => stateOf(path) === state);
}

/** Removes what was made more than a week ago: some of it is of programs that are no longer there. */
function removeOld(names) {
  for (const folder of names.map((name) => join(cache, name))) {
    const state = statSync(folder, { throwIfNoEntry: false });
    if (state !== undefined && Date.now() - state.mtimeMs > 7 * 86_400_000)
      rmSync(folder, { recursive: true, force: true });
  }
}

/** Changes when a file does. */
function stateOf(path) {
  const state = statSync(path, { throwIfNoEntry: false });
  return state === undefined ? null : `${state.mtimeMs} ${state.size}`;
}
