import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';

const execute = promisify(execFile);

/** A Slurm of one node, on this machine's loopback. */
export interface Slurm {
  /** Its files, and a place for those of a test. */
  readonly folder: string;
  /** Runs one of Slurm's programs in a folder; returns what it printed. */
  run(program: string, args: readonly string[], folder: string, env?: NodeJS.ProcessEnv): Promise<string>;
  /** Stops the daemons and removes the folder. */
  stop(): Promise<void>;
}

/** Why no Slurm can be started here; undefined when one can. */
export async function slurmMissing(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'Slurm is started by root only';
  for (const program of ['munged', 'slurmctld', 'slurmd', 'sbatch']) {
    try {
      await execute('sh', ['-c', `command -v ${program}`]);
    } catch {
      return `${program} is not installed: Debian's packages are slurmctld, slurmd and munge`;
    }
  }
  return undefined;
}

/** Starts munged, slurmctld and slurmd in a temporary folder, with as many CPUs as asked for, whatever the machine has. */
export async function startSlurm(cpus = 2): Promise<Slurm> {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const [controller, node] = await freePorts(2);
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
# A requeued task waits until its old credential is void.
AuthInfo=socket=${at('munge.sock')},cred_expire=1
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
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`,
  );
  const env = { ...process.env, SLURM_CONF: at('slurm.conf') };
  const daemons: ChildProcess[] = [];
  const start = (program: string, args: readonly string[]): void => {
    const log = openSync(at(`${program}.log`), 'a');
    daemons.push(spawn(program, args, { env, stdio: ['ignore', log, log] }));
  };
  const slurm: Slurm = {
    folder,
    run: async (program, args, cwd, more = {}) =>
      (await execute(program, args, { cwd, env: { ...env, ...more } })).stdout,
    stop: async () => {
      for (const daemon of daemons.reverse()) {
        if (daemon.exitCode !== null) continue;
        const gone = new Promise((done) => daemon.once('exit', done));
        daemon.kill('SIGTERM');
        await gone;
      }
      removeFolder(folder);
    },
  };
  start('munged', [
    ...['--foreground', '--force', '--key-file', at('munge.key'), '--socket', at('munge.sock')],
    ...['--log-file', at('munged.txt'), '--pid-file', at('munged.pid'), '--seed-file', at('seed')],
  ]);
  start('slurmctld', ['-D', '-f', at('slurm.conf')]);
  start('slurmd', ['-D', '-f', at('slurm.conf'), '-N', host]);
  for (;;) {
    const state = await slurm.run('sinfo', ['-h', '-o', '%T'], folder).catch(() => '');
    if (state.trim() === 'idle') return slurm;
    // munged must be there before the others; whoever came too early is started again.
    for (const [i, daemon] of daemons.entries()) {
      if (daemon.exitCode === null) continue;
      const logs = ['munged', 'slurmctld', 'slurmd'].map((name) => readFileSync(at(`${name}.log`), 'utf8'));
      if (logs.join('').length > 100_000) {
        await slurm.stop();
        throw new Error(`slurm: expected daemons that stay, found ${logs.join('\n').slice(-2000)}`);
      }
      const [program, ...args] = daemon.spawnargs as [string, ...string[]];
      const log = openSync(at(`${program}.log`), 'a');
      daemons[i] = spawn(program, args, { env, stdio: ['ignore', log, log] });
    }
    await sleep(200);
  }
}

/** Ports that nobody listens at. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) =>
          server.once('listening', () => done((server.address() as AddressInfo).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
