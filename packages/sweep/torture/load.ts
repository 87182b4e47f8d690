// npm run bench:sweep: many trials in a queue, and many workers without work; what they cost. The machine should be idle.
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { startPostgres, startRedis } from '../servers/index.ts';
import { secateur } from './command.ts';
import { keepFigures } from './figures.ts';
import { descendants, share, usage } from './processes.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const [trials, seconds] = [Number(values.trials), Number(values.seconds)];
const NAME = 'load';
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Runs a command to its end; how long it took, and the most memory that it had. */
async function measured([program, ...args]: readonly string[]): Promise<{
  readonly cost: { readonly seconds: number; readonly megabytes: number };
  readonly printed: string;
}> {
  const began = performance.now();
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  let megabytes = 0;
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  const looking = setInterval(() => {
    megabytes = Math.max(megabytes, usageOf(child.pid!).megabytes);
  }, 100);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(looking);
  if (code !== 0)
    throw new Error(
      `load: expected ${args.slice(-6).join(' ')} to end well, found ${String(code)}.`,
    );
  const lasted = (performance.now() - began) / 1000;
  return { cost: { seconds: rounded(lasted), megabytes: rounded(megabytes) }, printed };
}

/** Of a process and all that it started; nothing for one that is over. */
function usageOf(pid: number): { readonly seconds: number; readonly megabytes: number } {
  const all = [{ pid }, ...descendants(pid)].flatMap((one) => {
    try {
      return [usage(one.pid)];
    } catch {
      return [];
    }
  });
  return {
    seconds: all.reduce((sum, one) => sum + one.seconds, 0),
    megabytes: all.reduce((sum, one) => sum + one.megabytes, 0),
  };
}

/** What workers without work cost over a while: they, and the server that they ask. */
async function idle(processes: number, workers: number, where: readonly string[], server: number) {
  const started: ChildProcess[] = [];
  const stop = (): void => {
    for (const child of started) child.kill('SIGKILL');
  };
  process.once('exit', stop);
  try {
    for (let i = 0; i < processes; i++) {
      const [program, ...args] = secateur('sweep', 'work', ...where, '--workers', String(workers));
      started.push(spawn(program!, args, { stdio: 'inherit' }));
    }
    // Until all of them are connected and quiet.
    await wait(5000 + 2000 * processes);
    const before = [server, ...started.map(({ pid }) => pid!)].map((pid) => usageOf(pid).seconds);
    await wait(seconds * 1000);
    const after = [server, ...started.map(({ pid }) => pid!)].map(usageOf);
    if (started.some(({ exitCode }) => exitCode !== null)) {
      throw new Error('load: expected workers that wait, found that some ended.');
    }
    const [asked, ...own] = after.map((now, i) => now.seconds - before[i]!);
    return {
      processes,
      'workers in each': workers,
      'seconds watched': seconds,
      'processor seconds of all': rounded(own.reduce((sum, one) => sum + one, 0)),
      'processor seconds of the server': rounded(asked!),
      'MB of a process': rounded(after[1]!.megabytes),
    };
  } finally {
    stop();
    process.off('exit', stop);
  }
}

const folder = temporaryFolder();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const figures: Record<string, unknown> = {};
for (const [kind, start] of [
  ['redis', startRedis],
  ['postgres', startPostgres],
] as const) {
  if (values.only !== undefined && values.only !== kind) continue;
  const server = await start();
  try {
    const file = join(folder, 'sweep.json');
    const sweep = {
      name: NAME,
      command: ['true', '{run}', '{index}'],
      settings: { index: { from: 1, to: trials, count: trials } },
    };
    writeFileSync(file, JSON.stringify(sweep));
    const where = [NAME, '--store', join(folder, kind), `--${kind}`, server.url];
    const { cost: add } = await measured(secateur('sweep', 'add', file, ...where.slice(1)));
    console.log(kind, 'add', add);
    const { cost: status } = await measured(secateur('sweep', 'status', ...where));
    const { cost: each, printed } = await measured(secateur('sweep', 'status', ...where, '--json'));
    const { counts } = JSON.parse(printed) as { counts: Record<string, number> };
    console.log(kind, 'status', status, 'of each trial', each, counts);
    if (counts['waiting'] !== trials) {
      throw new Error(`load: expected ${trials} trials to wait, found ${JSON.stringify(counts)}.`);
    }
    const parts = [{ pid: server.pid() }, ...descendants(server.pid())];
    const held = rounded(parts.reduce((sum, { pid }) => sum + share(pid), 0));
    const { cost: cancel } = await measured(
      secateur('sweep', 'cancel', NAME, `--${kind}`, server.url),
    );
    console.log(kind, 'cancel', cancel);
    const idling = [];
    for (const [processes, workers] of [
      [1, 100],
      [10, 10],
    ] as const) {
      idling.push(await idle(processes, workers, where, server.pid()));
      console.log(kind, idling.at(-1));
    }
    figures[kind] = {
      trials,
      add,
      status,
      'status of each trial': each,
      cancel,
      'MB of the server': held,
      idle: idling,
    };
  } finally {
    await server.stop();
  }
}
removeFolder(folder);
if (values.json !== undefined) {
  keepFigures(values.json, 'npm run bench:sweep', figures);
}
