import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toolCommand, type Command } from '@secateur/testing/command';
import type { Target } from '../src/targets.ts';
import { nodeEnvironment, type Found } from './probe.ts';

/** What a target's tests gave. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What was active, as the tests found it. */
  readonly active: Readonly<Record<string, string | number>>;
  /** Digest of what was computed, to compare targets that promise the same bits. */
  readonly bits: string | undefined;
  /** Where the output is. */
  readonly log: string;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly meta?: Partial<Pick<Outcome, 'active' | 'bits'>>;
    }[];
  }[];
}

const folder = join(import.meta.dirname, '..');

/** Runs the tests of one target and reads what they reported; a run that crashed counts as a failed test. */
export async function runTarget(target: Target, state: Found): Promise<Outcome> {
  const out = join(folder, 'runs');
  mkdirSync(out, { recursive: true });
  const json = join(out, `${target.name}.json`);
  const log = join(out, `${target.name}.log`);
  rmSync(json, { force: true });
  const inNode = target.engine === 'node' || target.page === true;
  const config = inNode ? 'vitest.config.ts' : 'vitest.browser.config.ts';
  const status = await spawnLogged(toolCommand('vitest', 'run', '--config', config), log, {
    ...(inNode ? nodeEnvironment() : process.env),
    SECATEUR_TARGET: target.name,
    SECATEUR_RESULTS: json,
    ...(target.backend === 'webgpu' && { SECATEUR_ADAPTER: state.adapter ?? '' }),
    // The runner's own conditions are not the tests'.
    NODE_OPTIONS: '',
  });
  if (!existsSync(json)) {
    return { passed: 0, failed: 1, skipped: 0, active: {}, bits: undefined, log };
  }
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  const metas = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ meta }) => meta ?? {}),
  );
  const failed = report.numFailedTests;
  return {
    passed: report.numPassedTests,
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests,
    active: metas.find(({ active }) => active !== undefined)?.active ?? {},
    bits: metas.find(({ bits }) => bits !== undefined)?.bits,
    log,
  };
}

function spawnLogged(
  [program, ...args]: Command,
  log: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const file = createWriteStream(log);
    const child = spawn(program, args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    child.on('error', reject);
    child.on('close', (code) => file.end(() => resolve(code ?? 1)));
  });
}
