import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { basename, join } from 'node:path';
import type { Job } from './job.ts';
import { simdFlags, type Simd } from './simd.ts';

/** One entrant of a measurement: a process of its own, so that nothing of the others is in its memory. */
export interface ContenderSpec {
  readonly contender: string;
  /** Build of our kernels; absent where none is used. */
  readonly simd?: Simd;
  readonly threads: number;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Rounds at most, for the slow ones. */
  readonly rounds?: number;
  /** Whether a round is run and not counted before the others; default true. */
  readonly warmup?: boolean;
}

/** A started contender, halted except while it runs a round. */
export interface Running {
  readonly spec: ContenderSpec;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Runs one round; milliseconds by case. */
  round(): Promise<Readonly<Record<string, number>>>;
  /** Lets the process end and gives what it knows then. */
  end(): Promise<Readonly<Record<string, unknown>>>;
  /** Ends the process at once. */
  kill(): void;
}

/** The message of a contender that cannot run here, such as PyTorch where there is none. */
export class Skip extends Error {
  /** Always `'Skip'`. */
  override readonly name = 'Skip';
}

interface Message {
  readonly skip?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly times?: Readonly<Record<string, number>>;
}

/** A contender in Node: the job of its process, one thread and the plain build of our kernels unless told otherwise. */
export function nodeContender(
  contender: string,
  { module, input, simd, threads = 1 }: Pick<Job, 'module' | 'input'> & Partial<Job>,
): ContenderSpec {
  const build = simd ?? 'plain';
  const job: Job = { module, input, simd: build, threads };
  const node = ['--conditions=@secateur/source', '--import', 'tsx', ...simdFlags(build)];
  return {
    contender,
    ...(simd !== undefined && { simd }),
    threads,
    command: [
      process.execPath,
      ...node,
      join(import.meta.dirname, 'worker.ts'),
      JSON.stringify(job),
    ],
  };
}

/**
 * Starts a contender and waits until it is ready.
 *
 * @throws Skip when it says that it cannot run here; Error when it fails.
 */
export async function start(spec: ContenderSpec): Promise<Running> {
  const [program, ...args] = spec.command as [string, ...string[]];
  const environment = { ...process.env };
  // They make OpenBLAS take kernels for another processor than this one.
  delete environment['OPENBLAS_CORETYPE'];
  delete environment['OPENBLAS_L2_SIZE'];
  const child = spawn(program, args, { stdio: 'pipe', env: environment });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  // A child that died closes its pipe; the reader below tells why.
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close').catch((error: unknown) => {
    // Without its folder: what is printed may be published.
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw new Skip(`${basename(program)} does not start (${code})`);
  });
  closed.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const next = async (): Promise<Message> => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done === true) {
        await closed;
        const { exitCode, signalCode } = child;
        throw new Error(
          `${spec.contender}: expected a line of JSON, found the end of its process (${signalCode ?? exitCode}): ${errorLine(errors)}`,
        );
      }
      // Libraries may print things of their own.
      if (!value.startsWith('{"')) continue;
      const message = JSON.parse(value) as Message;
      if (message.skip !== undefined) throw new Skip(message.skip);
      return message;
    }
  };
  const { facts = {} } = await next();
  // Threads of some runtimes look for work long after their last: they would take time from whoever is timed next.
  const halt = (): boolean => child.kill('SIGSTOP');
  const wake = (): boolean => child.kill('SIGCONT');
  halt();
  return {
    spec,
    facts,
    async round() {
      wake();
      child.stdin.write('round\n');
      try {
        return (await next()).times ?? {};
      } finally {
        halt();
      }
    },
    async end() {
      wake();
      child.stdin.end();
      const { facts: last = {} } = await next();
      await closed;
      return last;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** The line of a stack trace that says what went wrong. */
function errorLine(text: string): string {
  const lines = text.trim().split('\n');
  return (
    (lines.find((line) => /^\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1)) || 'no message'
  );
}
