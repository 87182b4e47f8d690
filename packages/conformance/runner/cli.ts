// `npm run test:backends`: runs the suite on every target that this machine has and says what ran where.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toolCommand } from '@secateur/testing/command';
import { targetNames, targets } from '../src/targets.ts';
import { probeTargets } from './probe.ts';
import { runTarget } from './run.ts';
import { differingBits, formatTable, type Row } from './table.ts';

const root = join(import.meta.dirname, '../../..');

const help = `npm run test:backends -- [options]

Runs the conformance suite on every backend that this machine has, in Node and in headless Chromium.

  --only <names>     only these targets, comma separated
  --require <names>  these must run ("all" for every target); also SECATEUR_REQUIRE
  --list             say what could run, and run nothing
  --help

Targets: ${targets.map(({ name }) => name).join(', ')}`;

/** Ends with a message instead of a stack: what is wrong was typed. */
function orExplain<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    console.error(`test:backends: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

const { values } = orExplain(() =>
  parseArgs({
    options: {
      only: { type: 'string' },
      require: { type: 'string' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }),
);

if (values.help === true) {
  console.log(help);
  process.exit(0);
}

const only = orExplain(() => targetNames('--only', values.only ?? 'all'));
const required = orExplain(() =>
  targetNames('--require', values.require ?? (process.env['SECATEUR_REQUIRE'] || 'cpu,wasm')),
);
const states = await probeTargets();

if (values.list === true) {
  for (const { name } of targets) {
    const { available, reason, adapter } = states[name]!;
    console.log(
      `${name}: ${available ? 'yes' : 'no'}, ${reason}${adapter === undefined ? '' : `, ${adapter}`}`,
    );
  }
  process.exit(0);
}

const rows: Row[] = [];
const missing: string[] = [];
for (const target of targets) {
  const { name } = target;
  const state = states[name]!;
  if (!only.includes(name)) {
    if (required.includes(name) && values.require !== undefined)
      missing.push(`${name}: left out by --only`);
    continue;
  }
  if (!state.available) {
    rows.push({ target, reason: state.reason });
    if (required.includes(name)) missing.push(`${name}: ${state.reason}`);
    continue;
  }
  if (target.page === true) {
    // The page imports the packages as they are published.
    const [program, ...args] = toolCommand('nx', 'run-many', '-t', 'build');
    execFileSync(program, args, { cwd: root, stdio: 'ignore' });
  }
  const started = performance.now();
  console.log(`${name} ...`);
  const outcome = await runTarget(target, state);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${name}: ${outcome.passed} passed, ${outcome.failed} failed, ${seconds} s`);
  if (outcome.failed > 0) console.log(failuresIn(readFileSync(outcome.log, 'utf8'), outcome.log));
  rows.push({ target, outcome });
}

/** The part of a log that lists failures, or its end. */
function failuresIn(log: string, path: string): string {
  const at = log.indexOf('FAIL');
  const part = at < 0 ? log.slice(-6000) : log.slice(at, at + 6000);
  return `${part}\n(all of it: ${path})`;
}

const differing = differingBits(rows);
console.log(`\n${formatTable(rows)}\n`);
for (const line of missing) console.log(`required and did not run: ${line}`);
for (const line of differing) console.log(line);
const nothing = rows.every(({ outcome }) => outcome === undefined);
if (nothing) console.log('expected a target to run, found none; --list says what could');
const total = rows.reduce(
  (sum, { outcome }) => ({
    passed: sum.passed + (outcome?.passed ?? 0),
    failed: sum.failed + (outcome?.failed ?? 0),
    skipped: sum.skipped + (outcome?.skipped ?? 0),
  }),
  { passed: 0, failed: missing.length + differing.length + Number(nothing), skipped: 0 },
);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
