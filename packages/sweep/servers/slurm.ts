import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { answers, findProgram, freePort, startProgram, type Running } from './program.ts';

const execute = promisify(execFile);

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch'];

/** A Slurm of one node, on this machine's loopback. */
export interface Slurm {
  /** Its files, and a place for those of a test. */
  readonly folder: string;
  /** Runs one of Slurm's programs in a folder; returns what it printed. */
  run(
    program: string,
    args: readonly string[],
    folder: string,
    env?: NodeJS.ProcessEnv,
  ): Promise<string>;
  /** Stops the daemons and removes the folder. */
  stop(): Promise<void>;
}

/** Why {@link startSlurm} cannot work here, for tests that are skipped then. */
export function slurmMissing(): string | undefined {
  if (process.getuid?.() !== 0) {
    return 'expected root, who may start Slurm, found another user; run this as root';
  }
  const program = programs.find((name) => findProgram(name, ['/usr/sbin']) === undefined);
  return program === undefined
    ? undefined
    : `expected ${program} in PATH, found none; install Slurm (Debian: apt-get install slurm-wlm)`;
}

/** Starts munged, slurmctld and slurmd in a temporary folder, with as many CPUs as asked for, whatever the machine has. */
export async function startSlurm(cpus = 2): Promise<Slurm> {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const [controller, node] = [await freePort(), await freePort()];
  const host = hostname().split('.')[0]!;
  writeFileSync(at('munge.key'), randomBytes(1024), { mode: 0o600 });
  mkdirSync(at('state'));
  mkdirSync(at('spool'));
  writeFileSync(
    at('slurm.conf'),
    `ClusterName=secateur
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmUser=root
AuthType=auth/munge
# A requeued task waits until its old credential is void; below 5 s Slurm takes 120.
AuthInfo=socket=${at('munge.sock')},cred_expire=5
CredType=cred/munge
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('slurmd.pid')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`,
  );
  const env = { SLURM_CONF: at('slurm.conf') };
  const daemons: Running[] = [];
  const run: Slurm['run'] = async (program, args, cwd, more = {}) =>
    (await execute(program, args, { cwd, env: { ...process.env, ...env, ...more } })).stdout;
  const start = async (name: string, args: readonly string[], ready: () => Promise<boolean>) => {
    const command = findProgram(name, ['/usr/sbin'])!;
    daemons.push(await startProgram({ name, command, args, port: controller, env, ready }));
  };
  await start(
    'munged',
    [
      ...['--foreground', '--force', '--key-file', at('munge.key'), '--socket', at('munge.sock')],
      ...['--log-file', at('munged.txt'), '--pid-file', at('munged.pid')],
      ...['--seed-file', at('munge.seed')],
    ],
    () => Promise.resolve(existsSync(at('munge.sock'))),
  );
  await start('slurmctld', ['-D', '-f', at('slurm.conf')], () => answers(controller));
  await start(
    'slurmd',
    ['-D', '-f', at('slurm.conf'), '-N', host],
    async () => (await run('sinfo', ['-h', '-o', '%T'], folder)).trim() === 'idle',
  );
  return {
    folder,
    run,
    stop: async () => {
      // A job's processes are no children of slurmd.
      await run('scancel', ['--user=root'], folder);
      while ((await run('squeue', ['--noheader'], folder)) !== '') await sleep(100);
      for (const daemon of daemons.reverse()) await daemon.end('SIGTERM');
      removeFolder(folder);
    },
  };
}
