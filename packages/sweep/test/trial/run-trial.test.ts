import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  readTrials,
  runTrial,
  SweepError,
  type TrainFunction,
  type TrialOutcome,
  type TrialStore,
} from '@secateur/sweep';
import { sourceCommand } from '@secateur/testing/command';
import { TrainingError } from '@secateur/training/run';
import {
  bench,
  type Bench,
  fixture,
  hold,
  isRunning,
  manifestOf,
  release,
  trainingOf,
  undisturbed,
  until,
} from '../support/trials.ts';

const node = process.execPath;
const done = { status: 'done', result: undisturbed } as const;

afterEach(() => {
  delete process.env['HOLD'];
});

/** Starts an attempt in this process, whose training waits at steps. */
function start(at: Bench, holds: string, options: object = {}): Promise<TrialOutcome> {
  process.env['HOLD'] = holds;
  return runTrial(at.spec, { ...at, ...options });
}

/** Starts an attempt in a process of its own. */
function startElsewhere(
  { spec, store, scratch }: Bench,
  holds: string,
): { readonly child: ChildProcess; readonly outcome: Promise<TrialOutcome> } {
  const [program, ...args] = sourceCommand(
    fixture('supervisor'),
    store.url,
    scratch,
    JSON.stringify(spec),
  );
  const child = spawn(program, args, {
    env: { ...process.env, HOLD: holds },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const outcome = new Promise<TrialOutcome>((resolve) => {
    child.once('close', () => {
      resolve(JSON.parse(text || '{}') as TrialOutcome);
    });
  });
  return { child, outcome };
}

const json = async (store: TrialStore, key: string): Promise<Record<string, unknown>> =>
  JSON.parse(new TextDecoder().decode(await store.read(key))) as Record<string, unknown>;

/** Where attempts began: the step that each went on from. */
async function starts({ store, spec }: Bench): Promise<unknown[]> {
  const keys = await store.list(`trials/${spec.id}/attempts/`);
  const from = keys.filter((key) => key.endsWith('/from.json')).sort();
  return Promise.all(from.map(async (key) => (await json(store, key))['step']));
}

/** Trains to step 20 with checkpoints of 10 and 20 in the store, and dies there. */
async function killedAt20(at: Bench): Promise<TrialOutcome> {
  const holds = hold(at.folder, 'first', 10, 20);
  const outcome = start(at, holds);
  await manifestOf(at.store, 10);
  release(holds, 10);
  await manifestOf(at.store, 20);
  process.kill(await trainingOf(at), 'SIGKILL');
  delete process.env['HOLD'];
  return outcome;
}

describe('a trial', () => {
  test('leaves its result and its run directory in the store, nothing in scratch, and is not run twice', async () => {
    const at = bench();
    const metrics: unknown[] = [];
    const onMetrics = (record: unknown): void => void metrics.push(record);
    expect(await runTrial(at.spec, { ...at, onMetrics })).toMatchObject(done);
    expect(metrics.at(-1)).toEqual({ step: 40, weight: undisturbed.weight });
    const keys = await at.store.list('trials/');
    const { files } = (await json(
      at.store,
      keys.find((key) => key.endsWith('/result.json'))!,
    )) as unknown as { files: { path: string; key: string }[] };
    expect(files.map(({ path }) => path).sort()).toEqual([
      'checkpoints/step-00000039.safetensors',
      'checkpoints/step-00000040.safetensors',
      'config.json',
      'metrics.jsonl',
      'result.json',
    ]);
    // No checkpoint of the way is left.
    expect(keys.filter((key) => key.includes('/files/')).sort()).toEqual(
      files.map(({ key }) => key).sort(),
    );
    expect(readdirSync(at.scratch)).toEqual([]);
    expect(await runTrial(at.spec, at)).toMatchObject(done);
    expect(await at.store.list('trials/')).toEqual(keys);
  });

  test.skipIf(process.platform === 'win32')(
    'whose training is killed goes on from its last checkpoint to the same bits',
    async () => {
      const at = bench();
      expect(await killedAt20(at)).toMatchObject({ status: 'retry' });
      expect(await runTrial(at.spec, at)).toMatchObject(done);
      expect(await starts(at)).toEqual([20]);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'whose supervisor is killed takes its training, and what that started, with it',
    async () => {
      const loop = sourceCommand(fixture('held-loop'), '{run}', '{rate}');
      const at = bench(['/bin/sh', '-c', '"$@" & wait', 'sh', ...loop]);
      const { child, outcome } = startElsewhere(at, hold(at.folder, 'first', 20));
      await manifestOf(at.store, 20);
      const training = await trainingOf(at);
      expect(isRunning(training)).toBe(true);
      child.kill('SIGKILL');
      await outcome;
      await until(() => !isRunning(training) || undefined);
      expect(await runTrial(at.spec, at)).toMatchObject(done);
      expect(await starts(at)).toEqual([20]);
      expect(readdirSync(at.scratch)).toEqual([]);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'that slept while another attempt began writes nothing when it wakes up',
    async () => {
      const at = bench();
      const first = hold(at.folder, 'first', 20);
      const sleeper = startElsewhere(at, first);
      await manifestOf(at.store, 20);
      sleeper.child.kill('SIGSTOP');
      const asleep = await at.store.list('trials/');
      const second = hold(at.folder, 'second', 30);
      const newer = start(at, second);
      await manifestOf(at.store, 30);
      release(first, 20);
      sleeper.child.kill('SIGCONT');
      expect(await sleeper.outcome).toMatchObject({ status: 'superseded' });
      const own = asleep[0]!.split('/')[3]!;
      const isOwn = (key: string): boolean => key.includes(own);
      // It may still have removed an old checkpoint of its own.
      expect(asleep).toEqual(
        expect.arrayContaining((await at.store.list('trials/')).filter(isOwn)),
      );
      release(second, 30);
      expect(await newer).toMatchObject(done);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'whose newest checkpoint is damaged in the store goes on from the one before',
    async () => {
      const at = bench();
      await killedAt20(at);
      // On a busy machine it is a later one than 10.
      const steps = (await at.store.list('trials/')).flatMap(
        (key) => /checkpoints\/(\d+)\.json$/.exec(key)?.[1] ?? [],
      );
      const before = Math.max(...steps.map(Number).filter((step) => step < 20));
      const manifest = await json(at.store, await manifestOf(at.store, 20));
      const files = manifest['files'] as { path: string; key: string }[];
      const { key } = files.find(({ path }) => path.includes('step-00000020'))!;
      const bytes = (await at.store.read(key))!;
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(join(at.store.url, key), bytes);
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      expect(await runTrial(at.spec, { ...at, say })).toMatchObject(done);
      expect(said.join('\n')).toMatch(
        /checkpoint of step 20 .* is damaged: the bytes of .*step-00000020.safetensors have changed/,
      );
      expect(await starts(at)).toEqual([before]);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'that another build of the kernels began is refused, unless that is accepted',
    async () => {
      const at = bench();
      await killedAt20(at);
      const key = await manifestOf(at.store, 20);
      const manifest = await json(at.store, key);
      const build = { arch: 'riscv64', simd: 'plain' };
      writeFileSync(join(at.store.url, key), JSON.stringify({ ...manifest, build }));
      const before = await at.store.list('trials/');
      const refused = await runTrial(at.spec, at);
      expect(refused).toMatchObject({ status: 'refused' });
      expect(refused).toHaveProperty('message', expect.stringContaining('riscv64 with plain SIMD'));
      expect(await at.store.list('trials/')).toEqual(before);
      expect(await runTrial(at.spec, { ...at, acceptBuild: true })).toMatchObject(done);
    },
  );

  test('whose id is no name is an error', async () => {
    const at = bench();
    await expect(runTrial({ ...at.spec, id: '../roots' }, at)).rejects.toMatchObject({
      code: 'argument',
    });
  });

  test('is refused by another version than the one that queued it', async () => {
    const at = bench();
    const spec = { ...at.spec, versions: { '@secateur/sweep': '99.0.0' } };
    expect(await runTrial(spec, at)).toMatchObject({ status: 'refused' });
    expect(await at.store.list('trials/')).toEqual([]);
  });

  test('with other settings under a known id is an error that names them, and writes nothing', async () => {
    const at = bench([node, '-e', '0', '{rate}']);
    await runTrial(at.spec, at);
    const before = await at.store.list('trials/');
    const changed = { ...at.spec, settings: { rate: 0.06 } };
    await expect(runTrial(changed, at)).rejects.toMatchObject({
      code: 'spec',
      message: expect.stringContaining(
        'expected the settings that it began with, {"rate":0.05}, found {"rate":0.06}',
      ) as string,
    });
    expect(await at.store.list('trials/')).toEqual(before);
    await expect(runTrial({ ...at.spec, command: [node, '{lambda}'] }, at)).rejects.toMatchObject({
      code: 'spec',
    });
  });
});

describe('an attempt ends', () => {
  const exits = [
    ['with 42', 'process.exit(42)', 'never', 'exited with 42'],
    [
      'with another code',
      'console.error("no memory"); process.exit(3)',
      'retry',
      'exited with 3: no memory',
    ],
    ['by a signal', 'process.kill(process.pid, "SIGKILL")', 'retry', 'SIGKILL'],
    ['well, without a result', '0', 'retry', 'expected a result.json'],
  ] as const;
  test.each(exits)('%s', async (_, script, status, message) => {
    const at = bench([node, '-e', script]);
    const outcome = await runTrial(at.spec, at);
    expect(outcome).toMatchObject({ status, message: expect.stringContaining(message) as string });
    const key = (await at.store.list('trials/')).find((key) => key.endsWith('/ended.json'))!;
    expect(await json(at.store, key)).toMatchObject(outcome);
  });

  test('for want of its program', async () => {
    const at = bench(['no-such-program', '{run}']);
    expect(await runTrial(at.spec, at)).toMatchObject({ status: 'retry' });
  });

  test('when it is told to, and its checkpoints stay', async () => {
    const at = bench();
    const controller = new AbortController();
    const outcome = start(at, hold(at.folder, 'first', 20), { signal: controller.signal });
    await manifestOf(at.store, 20);
    controller.abort();
    expect(await outcome).toMatchObject({ status: 'stopped' });
    delete process.env['HOLD'];
    expect(await runTrial(at.spec, at)).toMatchObject(done);
    expect(await starts(at)).toEqual([20]);
  });

  test('when it is told to and does not listen', async () => {
    const at = bench([
      node,
      '-e',
      'process.on("SIGTERM", () => 0); console.log("ready"); setInterval(() => 0, 1e9)',
    ]);
    const controller = new AbortController();
    const say = (line: string): void => {
      if (line === 'ready') controller.abort();
    };
    const outcome = await runTrial(at.spec, { ...at, say, signal: controller.signal, grace: 50 });
    expect(outcome).toMatchObject({ status: 'stopped' });
  });
});

describe('a store that fails now and then', () => {
  test('delays checkpoints and the result, and loses neither', async () => {
    const at = bench();
    let writes = 0;
    const store: TrialStore = {
      ...at.store,
      // What is known of the attempt is written first; after that every fifth write fails, the first one too.
      write: (key, value) => {
        if (
          key.includes('/files/') ||
          key.includes('/checkpoints/') ||
          key.endsWith('/result.json')
        ) {
          if (writes++ % 5 === 0) return Promise.reject(new SweepError('away', { code: 'store' }));
        }
        return at.store.write(key, value);
      },
    };
    const holds = hold(at.folder, 'first', 20);
    const outcome = start({ ...at, store }, holds);
    await manifestOf(at.store, 20);
    release(holds, 20);
    expect(await outcome).toMatchObject(done);
  });

  test('and is away at the start makes an attempt that may be tried again', async () => {
    const at = bench();
    const away = (): Promise<never> => Promise.reject(new SweepError('away', { code: 'store' }));
    const store = { ...at.store, list: away };
    expect(await runTrial(at.spec, { ...at, store })).toMatchObject({ status: 'retry' });
  });
});

describe("a loop of one's own, as the README shows it", () => {
  const command = sourceCommand(join(import.meta.dirname, '../own-loop.ts'), '{run}', '{rate}');
  test.each([
    [0.05, done],
    [1e30, { status: 'never', message: expect.stringContaining('It diverged') as string }],
  ])('with the rate %d', async (rate, outcome) => {
    const at = bench(command);
    expect(await runTrial({ ...at.spec, settings: { rate } }, at)).toMatchObject(outcome);
  });
});

describe('a function in place of the command', () => {
  test('trains in the run directory', async () => {
    const at = bench();
    const outcome = await runTrial(at.spec, {
      ...at,
      train: ({ directory, spec }) => {
        writeFileSync(join(directory, 'result.json'), JSON.stringify(spec.settings));
        return Promise.resolve();
      },
    });
    expect(outcome).toMatchObject({ status: 'done', result: { rate: 0.05 } });
  });
  // On Windows such a name is a stream of a file.
  test.skipIf(process.platform === 'win32')(
    'may leave a file whose name not every system takes: its checkpoints and its result count',
    async () => {
      const at = bench();
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      const checkpoint = 'checkpoints/step-00000010.safetensors';
      const began: boolean[] = [];
      const train: TrainFunction = ({ directory }) => {
        began.push(existsSync(join(directory, checkpoint)));
        mkdirSync(join(directory, 'checkpoints'), { recursive: true });
        for (const name of [checkpoint, 'log-13:43.txt']) writeFileSync(join(directory, name), '');
        if (began.length === 1) return Promise.reject(new Error('out of memory'));
        writeFileSync(join(directory, 'result.json'), '{}');
        return Promise.resolve();
      };
      expect(await runTrial(at.spec, { ...at, train })).toMatchObject({ status: 'retry' });
      expect(await runTrial(at.spec, { ...at, train, say })).toMatchObject({ status: 'done' });
      expect(await runTrial(at.spec, { ...at, train })).toMatchObject({ status: 'done' });
      expect(began).toEqual([false, true]);
      expect(said.filter((line) => line.includes('log-13:43.txt'))).toHaveLength(1);
      expect(await readTrials(at.store, [at.spec])).toMatchObject([{ state: 'done' }]);
    },
  );
  test('is not tried again after a divergence', async () => {
    const at = bench();
    const train = (): Promise<void> =>
      Promise.reject(new TrainingError('it diverged', { code: 'diverged' }));
    expect(await runTrial(at.spec, { ...at, train })).toMatchObject({ status: 'never' });
  });
});
