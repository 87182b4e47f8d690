import type { Command } from 'commander';
import { findBackendPackages } from '../backend-packages.ts';
import type { ExitCode, Surroundings } from '../command.ts';
import { doctorReport } from '../doctor-report.ts';

/** Adds what `secateur doctor` takes. */
export function configure(command: Command): void {
  command
    .description(
      'Tells for each TensorFlow.js backend whether programs in this folder can use it, why not, and which command installs it. It starts no backend.',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Exit codes:
  0  at least one backend can run
  1  none can, or a package that the report needs is missing or of another version
  2  the command line makes no sense`,
    );
}

/** Prints the report on the backends of the user's folder. */
export async function run(command: Command, { folder, print }: Surroundings): Promise<ExitCode> {
  const [backend, ...drivers] = findBackendPackages(folder);
  const { report, text } = await doctorReport(backend, drivers);
  if (command.opts<{ json?: true }>().json) print(`${JSON.stringify(report, null, 2)}\n`);
  else print(`${text}\n\n${conclusion(report.backends)}\n`);
  return report.backends.some(({ available }) => available) ? 0 : 1;
}

/** What `useBackend()` would do; it passes over slow stand-ins, such as WebGPU on a software adapter. */
export function conclusion(
  backends: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly automatic?: boolean;
  }[],
): string {
  const best = backends.find(({ available, automatic }) => available && automatic !== false);
  return best === undefined
    ? 'No backend can run here.'
    : `useBackend('auto') tries ${best.name} first.`;
}
