// `npm run bench`: medians on this machine, contenders in turn, each in a process of its own.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseCount } from '@secateur/app/command';
import { python } from '@secateur/testing/system';
import { Command, InvalidArgumentError, Option } from 'commander';
import { describeMachine } from './machine.ts';
import { BACKENDS, MODEL_NAMES, USUAL_BACKENDS, type ModelName } from './options.ts';
import { simdHere, simdOfEngine, type Simd } from './process/simd.ts';
import { readBenchFile, writeBenchFile } from './report/file.ts';
import { renderPage } from './report/render.ts';
import { skippedLines, toText } from './report/table.ts';
import { suites } from './suites.ts';
import type { SuiteResult } from './suite.ts';

interface Flags {
  readonly suite: string[];
  readonly rounds: number;
  readonly threads: number;
  readonly simd: Simd | 'auto' | 'both';
  readonly backend: (typeof BACKENDS)[number][];
  readonly models: ModelName[];
  readonly python: string;
  readonly json?: string;
  readonly render?: string[];
  readonly slow: boolean;
  readonly quick: boolean;
}

/** Takes some of `known`, with commas between them. */
const listOf =
  (known: readonly string[]) =>
  (text: string): string[] => {
    const names = text.split(',');
    const wrong = names.find((name) => !known.includes(name));
    if (wrong === undefined) return names;
    throw new InvalidArgumentError(`expected some of ${known.join(', ')}, found "${wrong}".`);
  };

const program = new Command('bench')
  .description(
    [
      'Measures Secateur against what else one could use. Suites:',
      ...Object.entries(suites).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`),
    ].join('\n'),
  )
  .addOption(
    new Option('--suite <names>', 'suites, with commas between them')
      .argParser(listOf(Object.keys(suites)))
      .default(Object.keys(suites), 'all'),
  )
  .option('--rounds <n>', 'counted rounds of each contender', parseCount, 9)
  .option('--threads <n>', 'most threads of a contender', parseCount, Math.min(2, cpus().length))
  .addOption(
    new Option('--simd <build>', 'build of our kernels; auto takes what this Node takes by default')
      .choices(['plain', 'relaxed', 'auto', 'both'])
      .default('both'),
  )
  .addOption(
    new Option('--backend <names>', 'our backends of train, infer, gru, highway, found and answers')
      .argParser(listOf(BACKENDS))
      .default([...USUAL_BACKENDS], USUAL_BACKENDS.join(',')),
  )
  .addOption(
    new Option('--models <names>', 'models of train and lasso')
      .argParser(listOf(MODEL_NAMES))
      .default([...MODEL_NAMES], MODEL_NAMES.join(',')),
  )
  .option(
    '--python <path>',
    'the Python that has torch',
    process.env['SECATEUR_PYTHON'] ?? python(),
  )
  .option('--slow', 'also contenders that take minutes a step', false)
  .option('--quick', 'smallest sizes only, to see that all runs', false)
  .option('--json <file>', 'write everything found to this file')
  .option(
    '--render <files...>',
    'measure nothing; put the tables of these files into docs/results/performance.md',
  );

/** The builds to measure; one that the engine has not is an error, so that no table shows it by mistake. */
function buildsOf(asked: Flags['simd']): Simd[] {
  const available = simdOfEngine();
  if (asked === 'both') return available;
  const build = asked === 'auto' ? simdHere() : asked;
  if (available.includes(build)) return [build];
  throw new Error(
    `--simd: expected a build that Node ${process.version} can run (${available.join(', ')}), found "${build}".`,
  );
}

/** The command as it can be published and given again: without the paths of this machine. */
function commandOf(args: readonly string[]): string {
  const shown = args.filter(
    (arg, i) => !/^--(json|python)\b/.test(arg) && !/^--(json|python)$/.test(args[i - 1] ?? ''),
  );
  return ['npm run bench --', ...shown].join(' ').replace(/ --$/, '');
}

/** Finds out before anything is measured whether the result can be written. */
function checkFolder(file: string | undefined): void {
  if (file === undefined || existsSync(dirname(resolve(file)))) return;
  throw new Error(
    `--json: expected a file in a folder that exists, found ${file}; make the folder.`,
  );
}

async function main(flags: Flags): Promise<void> {
  if (flags.render !== undefined) {
    await renderPage(flags.render.map(readBenchFile));
    return;
  }
  checkFolder(flags.json);
  const { suite: chosen, rounds, threads, models, python, slow, quick } = flags;
  const options = {
    ...{ rounds, threads, models, python, slow, quick },
    backends: flags.backend,
    simd: buildsOf(flags.simd),
    // Progress goes to stderr, so that the tables can be piped.
    say: (line: string): void => {
      console.error(line);
    },
  };
  const machine = describeMachine();
  const date = new Date().toISOString();
  const command = commandOf(process.argv.slice(2));
  console.log(
    `${machine.processor}, ${machine.cores} cores; Node ${machine.node}, V8 ${machine.v8}; SIMD ${options.simd.join(', ')}`,
  );
  const results: Record<string, SuiteResult> = {};
  for (const name of chosen) {
    options.say(`${name}: ${suites[name]!.about}`);
    results[name] = await suites[name]!.run(options);
    const parts = [
      ...suites[name]!.tables(results[name]).map(toText),
      ...skippedLines(results[name]),
    ];
    console.log(`\n== ${name}\n\n${parts.join('\n\n')}`);
    // After each suite, so that a run that is stopped leaves what it has.
    if (flags.json !== undefined) {
      writeBenchFile(flags.json, { date, command, machine, rounds, threads, suites: results });
    }
  }
}

try {
  await main(program.parse().opts<Flags>());
} catch (error) {
  if (process.env['SECATEUR_DEBUG']) throw error;
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
