import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';

/** Keeps what was measured in a file, with the command that measures it again and the machine. */
export function keepFigures(file: string, command: string, figures: object): void {
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ command, machine, ...figures }, null, 2)}\n`);
}
