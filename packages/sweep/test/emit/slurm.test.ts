import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sourceCommand } from '@secateur/testing/command';
import { describe, expect, it } from 'vitest';
import { slurmMissing, startSlurm } from '../../servers/slurm.ts';
import { sweep } from '../../src/commands/sweep.ts';
import { readTrials } from '../../src/search/read-trials.ts';
import { parseTrialLines } from '../../src/spec/trial-lines.ts';
import { openStore } from '../../src/store/open-store.ts';
import { sweepOf } from './sweep-file.ts';

const kinds = ['ends', 'never', 'fails', 'waits', 'fails once', 'waits for its time'];

const missing = slurmMissing();

describe.skipIf(missing !== undefined)(
  `a Slurm of one node${missing ? `: ${missing}` : ''}`,
  () => {
    it('trains every trial, tries again what may pass, and survives requeues', async () => {
      const slurm = await startSlurm(8);
      try {
        const folder = join(slurm.folder, 'a project');
        sweepOf(folder, kinds);
        const store = join(folder, "a user's store");
        const printed: string[] = [];
        const surroundings = {
          folder,
          print: (text: string) => void printed.push(text),
          complain: (text: string) => void printed.push(text),
        };
        expect(await sweep(['emit', 'slurm', 'sweep.json', '--store', store], surroundings)).toBe(
          0,
        );
        expect(printed[0]).toContain('6 trials. Start them: sbatch kinds.sbatch\n');

        const programs = join(folder, 'bin');
        mkdirSync(programs);
        const secateur = sourceCommand(join(import.meta.dirname, 'secateur.ts'));
        const launcher = `#!/bin/sh\nshift\nexec ${secateur.map((part) => `'${part}'`).join(' ')} "$@"\n`;
        writeFileSync(join(programs, 'npx'), launcher);
        chmodSync(join(programs, 'npx'), 0o755);
        const PATH = `${programs}${delimiter}${process.env['PATH']}`;
        const sbatch = ['--parsable', '--cpus-per-task=1', 'kinds.sbatch'];
        const id = (await slurm.run('sbatch', sbatch, folder, { PATH })).trim();

        const specs = parseTrialLines(readFileSync(join(folder, 'kinds.trials.jsonl'), 'utf8'));
        const trials = () => readTrials(openStore(store), specs);
        const waiting = async () =>
          (await trials()).filter(({ attempts }, i) => [3, 5].includes(i) && attempts === 0);
        while ((await waiting()).length > 0) await sleep(100);
        await slurm.run('scontrol', ['requeue', `${id}_3`], folder);
        // What Slurm sends before the time is over.
        await slurm.run('scancel', ['--batch', '--signal=USR1', `${id}_5`], folder);
        while ((await slurm.run('squeue', ['--noheader'], folder)) !== '') await sleep(200);

        const ended = await trials();
        expect(ended.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual([
          ...['done 1', 'failed 1', 'begun 2', 'done 2', 'done 2', 'done 2'],
        ]);
        expect(ended.map(({ result }) => (result as { kind: string } | undefined)?.kind)).toEqual([
          ...['ends', undefined, undefined, 'waits', 'fails once', 'waits for its time'],
        ]);
        const job = (index: number) =>
          slurm.run('scontrol', ['show', 'job', `${id}_${index}`], folder);
        const codes = await Promise.all(
          specs.map(async (_, index) => Number(/ExitCode=(\d+)/.exec(await job(index))?.[1])),
        );
        expect(codes).toEqual([0, 42, 1, 0, 0, 0]);
        const log = readFileSync(join(folder, `kinds-${id}_2.log`), 'utf8');
        expect(log).toContain('secateur: expected at most 1 failures, found one more;');
        expect(existsSync(join(folder, `kinds-${id}_4.failures`))).toBe(false);
      } finally {
        await slurm.stop();
      }
    });
  },
);
