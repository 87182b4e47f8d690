import type { BenchOptions } from './options.ts';
import type { Measured } from './process/measure.ts';
import type { Table } from './report/table.ts';

/** What a suite found; plain data, so that its tables can be made again from the JSON file. */
export interface SuiteResult extends Measured {
  /** What else the tables need to know, such as the clock. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** A set of measurements that answers one question. */
export interface Suite {
  /** One line for `--help`. */
  readonly about: string;
  /** Takes the measurements. */
  run(options: BenchOptions): Promise<SuiteResult>;
  /** Makes tables of them, the checks against the goals last. */
  tables(result: SuiteResult): Table[];
}
