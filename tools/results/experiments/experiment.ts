import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A training that a page of results shows. */
export interface Experiment {
  /** Name of its run: the folder, and later the file of what is kept. */
  readonly name: string;
  /** Experiments that must be finished before it begins. */
  readonly after?: readonly string[];
  /** The commands that make it, the training last, without the folder of its run. */
  commands(folder: Folder): readonly Command[];
}

/** A command of one of the example programs. */
export interface Command {
  readonly program: 'lm' | 'qa';
  readonly args: readonly string[];
  /** What it leaves, where that is not the run: a command whose work is there is not repeated. */
  readonly makes?: string;
}

/** The folder that all runs are in. */
export interface Folder {
  /** A path in it. */
  at(...parts: string[]): string;
  /** The sizes that a finished run ended with, such as `75,75`. */
  sizesOf(run: string): string;
}

/** The folder of this path. */
export function folderOf(path: string): Folder {
  const at = (...parts: string[]): string => join(path, ...parts);
  return {
    at,
    sizesOf(run) {
      const { pruned } = JSON.parse(readFileSync(at(run, 'result.json'), 'utf8')) as {
        pruned: { sizes: readonly number[] };
      };
      return pruned.sizes.join();
    },
  };
}

/** Whether its run has ended. */
export const isFinished = ({ name }: Pick<Experiment, 'name'>, folder: Folder): boolean =>
  existsSync(folder.at(name, 'result.json'));

/** A training by the command line of the language model, from options with blanks between. */
export const lm = (options: string): Command => ({
  ...{ program: 'lm', args: ['train', ...options.split(' ').filter(Boolean)] },
});

/** A training of question answering, likewise. */
export const qa = (options: string): Command => ({ ...lm(options), program: 'qa' });
