import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { sourceCommand } from './command.ts';
import type { Ended } from './run-cli.ts';

let running = false;

/**
 * Runs the main function of a command line in this process, in a fraction of the time that a process of its own takes to
 * load: it finds its words in `process.argv`, what it prints is kept, and its code is `process.exitCode`. What tells of
 * processes (signals, a crash, `process.exit`) needs {@link runCli}. A process that it starts in turn is started as `cli`
 * would start it.
 *
 * @throws Error while another one runs, since both would have the same streams.
 */
export async function runHere(
  main: () => Promise<void>,
  cli: string,
  args: readonly string[],
): Promise<Ended> {
  if (running) throw new Error('runHere: expected one command at a time, found another; await it.');
  running = true;
  const [program, ...flags] = sourceCommand(cli);
  const stdout = sink();
  const stderr = sink();
  const before = { argv: process.argv, execArgv: process.execArgv, exitCode: process.exitCode };
  const streams = [process.stdout, process.stderr] as const;
  const writes = streams.map((stream) => stream.write);
  const ours = globalThis.console;
  try {
    process.argv = [program, cli, ...args];
    process.execArgv = flags.slice(0, -1);
    process.exitCode = undefined;
    process.stdout.write = stdout.stream.write.bind(stdout.stream) as typeof process.stdout.write;
    process.stderr.write = stderr.stream.write.bind(stderr.stream) as typeof process.stderr.write;
    globalThis.console = new Console({ stdout: stdout.stream, stderr: stderr.stream });
    await main();
    const code = process.exitCode as number | undefined;
    return { code: code ?? 0, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    globalThis.console = ours;
    for (const [i, stream] of streams.entries()) stream.write = writes[i]!;
    Object.assign(process, before);
    running = false;
  }
}

/** A stream that keeps what is written to it. */
function sink(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
