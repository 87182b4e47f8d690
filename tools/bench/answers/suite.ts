import { measureOurs } from '../process/our-contenders.ts';
import type { Suite } from '../suite.ts';
import { rowName, rows } from './networks.ts';
import { answersTables } from './tables.ts';

/** What pruning buys BiDAF: the eight networks of the paper's Tables 3 and 4. */
export const answers: Suite = {
  about: 'BiDAF answering one question, dense and with the eight prunings of the paper',
  run(options) {
    const chosen = (options.quick ? rows.slice(-1) : rows).map(rowName);
    return measureOurs(
      { suite: 'answers', module: 'answers/job.ts', input: { rows: chosen } },
      options,
    );
  },
  tables: answersTables,
};
