// `npm run kit:check`: makes the kit and runs it as it would be run elsewhere, in an empty folder, with nothing of this machine's
// environment and no network, on the adapter in software; every part must end and have found something.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { ToolError } from '@secateur/testing/system';
import { makeKit, MOST_BYTES } from './make.ts';
import { type Found, keepKit, kitPage, readKit, type Trained } from './page.ts';
import { PARTS, SECONDS } from './parts.ts';
import { root } from '../root.ts';

/** The most files that may come back. */
const MOST_FILES = 8;
const driver = process.env['VK_DRIVER_FILES'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Whether a process here may have a network of its own, without a way out. */
const alone = spawnSync('unshare', ['-n', 'true']).status === 0;

const wasmRun = join(root, 'docs/results/language-modeling/quick-s1.json');

const folder = temporaryFolder();
const failures: string[] = [];
let passed = 0;

function check(what: string, holds: boolean, found: unknown = ''): void {
  if (holds) passed++;
  else failures.push(`${what}, found ${JSON.stringify(found)}`);
}

/** What each part must have found. */
function checkParts({ kit, adapter, conformance, bench, sweep, preset }: Found): void {
  const ended = kit.parts.map(({ name, end }) => `${name} ${end}`);
  check('every part done', ended.join() === PARTS.map(({ name }) => `${name} done`).join(), ended);
  check('8 minutes at most', SECONDS <= 480, SECONDS);
  check('limits of the adapter', Number(adapter?.taken['maxBufferSize']) > 0, adapter);
  const right =
    conformance?.complete === true && conformance.passed > 0 && conformance.failed === 0;
  check('conformance', right, conformance);
  const contenders = bench?.suites['answers']?.measurements.map(({ contender }) => contender) ?? [];
  check(
    'WebGPU beside WASM',
    ['ours', 'ours, WebGPU'].every((name) => contenders.includes(name)),
    bench,
  );
  const cuts = sweep?.found['tiny']?.ms ?? [];
  check(
    'times of some cuts',
    cuts.length > 1 && cuts.every(({ rounds }) => rounds.length > 0),
    sweep,
  );
  check('a trained network', preset?.complete === true && preset.result !== undefined, preset);
}

try {
  const [kit, out, empty] = ['kit', 'out', 'empty'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(empty);
  const bytes = await makeKit(kit, (line) => {
    console.error(line);
  });
  check(`a kit of at most ${MOST_BYTES} bytes`, bytes <= MOST_BYTES, bytes);
  const command = ['sh', join(kit, 'run.sh'), '--short'];
  const [program, ...args] = alone ? ['unshare', '-n', ...command] : command;
  const { status } = spawnSync(program!, args, {
    cwd: empty,
    env: { PATH: '/usr/bin:/bin', OUT: out, TMPDIR: folder, VK_DRIVER_FILES: driver },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  check('a run that succeeds', status === 0, status);
  check('nothing left behind', readdirSync(empty).length === 0, readdirSync(empty));
  const files = existsSync(out) ? readdirSync(out) : [];
  check('few files', files.length > 0 && files.length <= MOST_FILES, files);
  keepKit(out, join(folder, 'kept'));
  const kept = readKit(join(folder, 'kept'))!;
  checkParts(kept);
  const page = kitPage(kept, JSON.parse(readFileSync(wasmRun, 'utf8')) as Trained);
  check('a page that names the adapter', page.includes(kept.adapter!.adapter.description), page);
  check('a page that says it was no GPU', page.includes('no GPU was there yet'), page);
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  failures.push(error.message);
} finally {
  removeFolder(folder);
}

for (const failure of failures) console.log(`expected ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
