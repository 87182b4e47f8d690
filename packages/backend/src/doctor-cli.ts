import { doctor, formatDoctor, type DoctorReport } from './doctor.ts';

const help = `secateur-doctor [--json] [--help]

Looks at every TensorFlow.js backend that Secateur can use, from this folder, without starting any: whether it can run,
why not, and the command that would bring it. Exits with 0 when at least one can run, else with 1.

  --json  the report as JSON
  --help  this text`;

/** What a run of the doctor printed and its exit code. */
export interface DoctorRun {
  /** What to print. */
  readonly text: string;
  /** 0 when a backend can run, 1 when none can, 2 for arguments that make no sense. */
  readonly code: number;
}

/** Runs `secateur-doctor` with its arguments; `look` makes the report. */
export async function runDoctor(
  args: readonly string[],
  look: () => Promise<DoctorReport> = doctor,
): Promise<DoctorRun> {
  const unknown = args.find((arg) => !['--json', '--help', '-h'].includes(arg));
  if (unknown !== undefined) {
    return {
      text: `secateur-doctor: expected --json or --help, found "${unknown}"; leave it out.`,
      code: 2,
    };
  }
  if (args.includes('--help') || args.includes('-h')) return { text: help, code: 0 };
  const report = await look();
  const best = report.backends.find(({ available }) => available);
  const text = args.includes('--json')
    ? JSON.stringify(report, null, 2)
    : `${formatDoctor(report)}\n\n${
        best === undefined
          ? 'No backend can run here.'
          : `useBackend('auto') tries ${best.name} first.`
      }`;
  return { text, code: best === undefined ? 1 : 0 };
}
