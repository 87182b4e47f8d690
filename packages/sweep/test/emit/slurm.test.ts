import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { slurmMissing, startSlurm } from '../../servers/slurm.ts';
import { slurmScript } from '../../src/emit/slurm.ts';
import { trialLines } from '../../src/spec/trial-lines.ts';
import { specOf } from '../spec-of.ts';

const specs = ['done', 'never', 'fails', 'requeued', 'fails once', 'told'].map((name) => ({
  ...specOf({ name }),
  retries: 1,
}));

it('refuses what it cannot write', () => {
  expect(() => slurmScript([], { store: '/store', trials: 't' })).toThrow(
    'emit: expected at least 1 trial, found none; give the sweep settings.',
  );
});

/** In place of npx: a secateur whose trials end as their names say, and note each attempt. */
const npx = `#!/bin/sh
index=\${4##*#}
attempts="$6/$index"
echo "$$" >> "$attempts"
count=$(wc -l < "$attempts")
case $index in
  1) exit 42 ;;
  2) exit 1 ;;
  3) [ "$count" -gt 1 ] || sleep 1000 ;;
  4) [ "$count" -gt 1 ] || exit 1 ;;
  5) [ "$count" -gt 1 ] || sleep 1000 ;;
esac
`;

const missing = slurmMissing();

describe.skipIf(missing !== undefined)(
  `a Slurm of one node${missing ? `: ${missing}` : ''}`,
  () => {
    it('trains every trial, tries again what may pass, and survives requeues', async () => {
      const slurm = await startSlurm(8);
      try {
        const folder = join(slurm.folder, 'a project');
        const store = join(folder, "a user's store");
        const programs = join(folder, 'bin');
        mkdirSync(store, { recursive: true });
        mkdirSync(programs);
        writeFileSync(join(programs, 'npx'), npx);
        chmodSync(join(programs, 'npx'), 0o755);
        writeFileSync(join(folder, 'trials.jsonl'), trialLines(specs));
        const script = slurmScript(specs, {
          store,
          trials: 'trials.jsonl',
          sbatch: ['--cpus-per-task=1'],
        });
        writeFileSync(join(folder, 'test.sbatch'), script);
        const PATH = `${programs}${delimiter}${process.env['PATH']}`;
        const id = (
          await slurm.run('sbatch', ['--parsable', 'test.sbatch'], folder, { PATH })
        ).trim();
        const attempts = (index: number): number =>
          existsSync(join(store, `${index}`))
            ? readFileSync(join(store, `${index}`), 'utf8')
                .trim()
                .split('\n').length
            : 0;
        while (attempts(3) === 0 || attempts(5) === 0) await sleep(100);
        await slurm.run('scontrol', ['requeue', `${id}_3`], folder);
        await slurm.run('scancel', ['--batch', '--signal=USR1', `${id}_5`], folder);
        while ((await slurm.run('squeue', ['-h'], folder)) !== '') await sleep(200);
        expect(specs.map((_, i) => attempts(i))).toEqual([1, 1, 2, 2, 2, 2]);
        const exit = async (index: number): Promise<string | undefined> =>
          /ExitCode=(\d+)/.exec(
            await slurm.run('scontrol', ['show', 'job', `${id}_${index}`], folder),
          )?.[1];
        expect(await Promise.all(specs.map((_, i) => exit(i)))).toEqual([
          '0',
          '42',
          '1',
          '0',
          '0',
          '0',
        ]);
        expect(readFileSync(join(folder, `test-${id}_2.log`), 'utf8')).toContain(
          'secateur: expected at most 1 failures, found one more',
        );
      } finally {
        await slurm.stop();
      }
    });
  },
);
