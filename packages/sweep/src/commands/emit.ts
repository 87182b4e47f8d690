import { Argument } from 'commander';
import { resolve } from 'node:path';
import { terminalText } from '@secateur/input';
import { writeFileAtomic } from '@secateur/training/run';
import { kubernetesJob } from '../emit/kubernetes.ts';
import { refusal } from '../emit/options.ts';
import { slurmScript } from '../emit/slurm.ts';
import { expandSweep } from '../spec/expand-sweep.ts';
import { parseSweep } from '../spec/parse-sweep.ts';
import { trialLines } from '../spec/trial-lines.ts';
import { storeOption, wholeNumber } from './options.ts';
import { readText } from './read-text.ts';
import type { Subcommand } from './subcommand.ts';

interface EmitFlags {
  readonly store: string;
  readonly atOnce?: number;
  readonly sbatch?: string[];
  readonly image?: string;
  readonly secret?: string;
  readonly claim?: string;
  readonly trialsInImage?: string;
  readonly cpu?: string;
  readonly memory?: string;
}

/** `secateur sweep emit`. */
export const emit: Subcommand = {
  summary: 'writes a sweep for a cluster that is there already: Slurm or Kubernetes',
  configure(command) {
    command
      .description(
        "Writes NAME.trials.jsonl with the trials of a sweep, and beside it what a cluster's own scheduler runs: NAME.sbatch, an array for Slurm, or NAME.kubernetes.json, an Indexed Job.",
      )
      .addArgument(new Argument('<cluster>', 'which').choices(['slurm', 'kubernetes']))
      .argument('<sweep.json>', 'which trainings there are to do')
      .addOption(storeOption().makeOptionMandatory())
      .option(
        '--at-once <n>',
        'trials at once (default: as many as there is room for)',
        wholeNumber,
      )
      .option('--sbatch <option...>', 'Slurm: more options, such as --sbatch=--partition=long')
      .option('--image <name>', "Kubernetes: an image that begins in the project's folder")
      .option(
        '--secret <name>',
        "Kubernetes: the Secret with the store's AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      )
      .option('--claim <name>', 'Kubernetes: the volume claim that holds a store in a folder')
      .option(
        '--trials-in-image <path>',
        'Kubernetes: where the image has the trials, when they are too many for a ConfigMap',
      )
      .option('--cpu <quantity>', 'Kubernetes: such as 2')
      .option('--memory <quantity>', 'Kubernetes: such as 4Gi');
  },
  async run(command, { folder, print }) {
    const [cluster, path] = command.args as ['slurm' | 'kubernetes', string];
    const { sbatch, image, ...flags } = command.opts<EmitFlags>();
    const sweep = parseSweep(readText(resolve(folder, path), path));
    const specs = expandSweep(sweep);
    const trials = `${sweep.name}.trials.jsonl`;
    let name: string;
    let text: string;
    if (cluster === 'slurm') {
      name = `${sweep.name}.sbatch`;
      text = slurmScript(specs, { ...flags, trials, ...(sbatch && { sbatch }) });
    } else {
      if (image === undefined) {
        throw refusal('--image', 'none', "name an image that holds the project's folder");
      }
      name = `${sweep.name}.kubernetes.json`;
      text = `${JSON.stringify(kubernetesJob(specs, { ...flags, image }), null, 2)}\n`;
    }
    // Nobody keeps a sweep in a file of such a name, and if so, it stays.
    for (const file of [trials, name]) {
      if (resolve(folder, file) !== resolve(folder, path)) continue;
      throw refusal(
        '<sweep.json>',
        `one called ${file}, which is to be written`,
        'give the file another name',
      );
    }
    writeFileAtomic(resolve(folder, trials), trialLines(specs));
    writeFileAtomic(resolve(folder, name), text);
    const start = cluster === 'slurm' ? `sbatch ${name}` : `kubectl create -f ${name}`;
    print(
      terminalText(
        `${name}, ${trials}: ${specs.length} trials. Start them: ${start}\nsecateur sweep add ${path} --store ${flags.store} lets status and report find them.\n`,
      ),
    );
    return 0;
  },
};
