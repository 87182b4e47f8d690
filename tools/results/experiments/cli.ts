// Trains what the pages of results compare, each run in a folder of its own under --folder. What is finished is left alone, and
// what was interrupted goes on, so a session may end at any time. `npm run results -- FOLDER/*` then keeps the results.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseCount } from '@secateur/app/command';
import { Command } from 'commander';
import { folderOf, isFinished, type Command as Step, type Experiment } from './experiment.ts';
import { experiments } from './experiments.ts';

const program = new Command('experiments')
  .description('Trains what the pages of results compare.')
  .argument('[patterns...]', 'only the experiments whose names match one of these', [''])
  .requiredOption('--folder <folder>', 'folder of all runs')
  .option('--data <folder>', 'the Penn Treebank; without it, its experiments are left out')
  .option('--squad <folder>', 'SQuAD; without it, its experiments are left out')
  .option('--workers <n>', 'trainings at a time', parseCount, 1)
  .option('--threads <n>', 'threads of each', parseCount)
  .option('--backend <name>', 'backend of the trainings; default: that of the presets')
  .option('--list', 'only say what there is to do', false)
  .parse();
const { folder, data, squad, workers, threads, backend, list } = program.opts<{
  folder: string;
  data?: string;
  squad?: string;
  workers: number;
  threads?: number;
  backend?: string;
  list: boolean;
}>();
const runs = folderOf(resolve(folder));
const patterns = (program.processedArgs[0] as string[]).map((text) => new RegExp(text));

const resolved = (path: string | undefined): string | undefined => path && resolve(path);
const all = experiments({ data: resolved(data), squad: resolved(squad) });
const waiting = all.filter(
  (each) => !isFinished(each, runs) && patterns.some((pattern) => pattern.test(each.name)),
);

/** Takes one whose predecessors are finished. */
function next(): Experiment | undefined {
  const at = waiting.findIndex(({ after = [] }) =>
    after.every((name) => isFinished({ name }, runs)),
  );
  return at < 0 ? undefined : waiting.splice(at, 1)[0];
}

const cliOf = (name: Step['program']): string =>
  join(
    import.meta.dirname,
    '../../../apps',
    name === 'lm' ? 'language-modeling' : 'question-answering',
    'src/cli.ts',
  );

/** Runs a command to its end; what it says goes into a file beside the runs. */
function command({ program: name, args }: Step, run: string): Promise<number> {
  const shared = threads === undefined ? [] : ['--threads', String(threads)];
  const on = backend === undefined ? [] : ['--backend', backend];
  const where = args[0] === 'train' ? ['--run', runs.at(run), '--silent', ...on] : [];
  const node = ['--import', 'tsx', '--conditions=@secateur/source', cliOf(name)];
  const child = spawn(process.execPath, [...node, ...shared, ...args, ...where], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      appendFileSync(runs.at(`${run}.log`), text);
    });
  }
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => {
      done(code ?? 1);
    });
  });
}

let failures = 0;
let running = 0;
async function work(): Promise<void> {
  for (;;) {
    const experiment = next();
    if (experiment === undefined) {
      if (running === 0 || waiting.length === 0) return;
      await new Promise((later) => setTimeout(later, 1000));
      continue;
    }
    const { name } = experiment;
    console.log(`${new Date().toISOString()} ${name}: begins`);
    running++;
    let code = 0;
    for (const step of experiment.commands(runs)) {
      if (step.makes !== undefined && existsSync(runs.at(step.makes))) continue;
      code = await command(step, name);
      if (code !== 0) break;
    }
    running--;
    if (code !== 0) failures++;
    const outcome = code === 0 ? 'finished' : `ended with code ${code}, see ${name}.log`;
    console.log(`${new Date().toISOString()} ${name}: ${outcome}`);
  }
}

if (list) {
  for (const { name } of waiting) console.log(name);
} else {
  mkdirSync(runs.at(), { recursive: true });
  await Promise.all(Array.from({ length: workers }, work));
  for (const { name } of waiting)
    console.log(`${name}: left out, as what it needs is not finished`);
  process.exitCode = failures > 0 || waiting.length > 0 ? 1 : 0;
}
