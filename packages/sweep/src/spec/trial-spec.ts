/** Value of one setting of a trial. */
export type SettingValue = string | number | boolean | null;

/** Where a figure of a finished trial is in its `result.json`, and how pages name it. */
export interface Figure {
  /** Such as `test perplexity`. */
  readonly name: string;
  /** Names from the outermost inwards, with dots between them, such as `pruned.perplexity.test`. */
  readonly key: string;
}

/** The figure that tells how good a trial is. */
export interface Quality extends Figure {
  readonly better: 'lower' | 'higher';
}

/** One training: what a worker needs to run it, and a line of `trials.jsonl`. */
export interface TrialSpec {
  /** Name of its sweep, then a hash of the command and the settings: the same training has the same id everywhere. */
  readonly id: string;
  /** Name of the sweep. */
  readonly sweep: string;
  /**
   * Program and arguments. `{run}` stands for the run directory, `{NAME}` for the value of a setting. It keeps the
   * contract of `@secateur/training`: it goes on from the newest checkpoint in its run directory and writes
   * `result.json` last. Exit code 42 says that it would fail the same way again.
   */
  readonly command: readonly string[];
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly quality?: Quality;
  /** What a network costs, for the trade-off; lower is better. */
  readonly work?: Figure;
  /** Failed attempts after which nobody tries again; attempts that a killed worker left do not count. */
  readonly retries: number;
  /** Versions of the packages of those who queued it, such as `{ '@secateur/sweep': '0.1.0' }`. */
  readonly versions: Readonly<Record<string, string>>;
}
