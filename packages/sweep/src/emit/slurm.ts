import type { TrialSpec } from '../spec/trial-spec.ts';
import { checkEmit, type EmitOptions } from './options.ts';

/** Options of {@link slurmScript}. */
export interface SlurmOptions extends EmitOptions {
  /** Path of `trials.jsonl` from the folder in which the script is submitted. */
  readonly trials: string;
  /** More options of sbatch, such as `--partition=gpu`, `--time=8:00:00`. */
  readonly sbatch?: readonly string[];
}

/**
 * The script of a Slurm array: one task a trial, as many at once as allowed. It is submitted in the project's folder.
 *
 * A task whose trial exits with 42 ends there; after another failure it is put back into the queue, `retries` times for the
 * trial with the most of them. A preempted task comes back as often as it takes, and so does one whose time is almost over.
 *
 * @throws SweepError with code `argument` when there is nothing to emit, or an option makes no sense.
 *
 * @example
 * ```ts
 * import { expandSweep, slurmScript } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const specs = expandSweep({ name: 'rates', command, settings: { rate: [0.1, 0.2] }, retries: 5 });
 * const options = { store: '/shared/sweeps', trials: 'rates.trials.jsonl', atOnce: 1 };
 * const script = slurmScript(specs, { ...options, sbatch: ['--time=4:00:00'] });
 * script.match(/^#SBATCH --(array|time).*$/gm); // => ['#SBATCH --array=0-1%1', '#SBATCH --time=4:00:00']
 * ```
 */
export function slurmScript(specs: readonly TrialSpec[], options: SlurmOptions): string {
  const name = checkEmit(specs, options);
  const { atOnce, store, trials, sbatch = [] } = options;
  const retries = Math.max(...specs.map((spec) => spec.retries));
  const array = `0-${specs.length - 1}${atOnce === undefined ? '' : `%${atOnce}`}`;
  return `#!/bin/bash
#SBATCH --job-name=${name}
#SBATCH --array=${array}
#SBATCH --output=${name}-%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
${sbatch.map((option) => `#SBATCH ${option}\n`).join('')}# One task trains one trial: a line of ${trials}. Submit it in the project's folder, in which secateur is installed.
# What a task has trained is in the store: a later one goes on from there, on whatever node.

# This task alone: SLURM_JOB_ID of the last task is that of the whole array.
task="\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
failures=${quote(name)}"-$task.failures"

# The trial gets a process group of its own, so that a signal reaches all of npx's children.
set -m
almost_over=
npx secateur trial --spec ${quote(trials)}"#$SLURM_ARRAY_TASK_ID" --store ${quote(store)} &
trial=$!
# Slurm tells by USR1, 120 s before the time is over.
trap 'almost_over=1; kill -TERM -- "-$trial"' USR1
trap 'kill -TERM -- "-$trial"' TERM

# A signal ends wait early.
wait "$trial"
status=$?
while kill -0 "$trial" 2> /dev/null; do
  wait "$trial"
  status=$?
done

# Done, or it would fail the same way again.
if [ "$status" -eq 0 ] || [ "$status" -eq 42 ]; then
  rm -f "$failures"
  exit "$status"
fi
# Preempted, requeued or canceled: Slurm has decided already.
if [ "$(squeue --noheader --format=%T --jobs="$task")" != RUNNING ]; then
  exit "$status"
fi
if [ -n "$almost_over" ]; then
  echo "secateur: the time is almost over; the trial goes on when its task is started again" >&2
else
  echo "exit code $status" >> "$failures"
  if [ "$(wc -l < "$failures")" -gt ${retries} ]; then
    echo "secateur: expected at most ${retries} failures, found one more; see the end of the trial above, then submit this task again: sbatch --array=$SLURM_ARRAY_TASK_ID" >&2
    exit "$status"
  fi
fi
scontrol requeue "$task"
exit "$status"
`;
}

/** A word of a shell, whatever is in it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
