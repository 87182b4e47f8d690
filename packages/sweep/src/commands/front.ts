import { terminalText } from '@secateur/input';
import { spreadText, settingsText } from '../report/shown.ts';
import { trainFront } from '../search/front.ts';
import { axisValues } from '../spec/axis-values.ts';
import { wholeNumber } from './options.ts';
import type { Subcommand } from './subcommand.ts';
import { addSearchOptions, trainForSearch } from './train-for-search.ts';

interface FrontFlags {
  readonly trials: number;
  readonly atOnce: number;
  readonly json?: true;
}

/** `secateur sweep front`. */
export const front: Subcommand = {
  summary: 'trains towards the trade-off of quality against work',
  configure(command) {
    addSearchOptions(
      command.description(
        "Trains a sweep's range, then again and again a value in the widest gap of work on the front, and prints the front: the settings that no others beat. What is in the store is not trained again.",
      ),
    )
      .requiredOption('--trials <n>', 'trials in all, seeds and the range counted', wholeNumber)
      .option('--at-once <n>', 'values chosen at once, for many workers', wholeNumber, 1);
  },
  async run(command, surroundings) {
    const { trials, atOnce, json } = command.opts<FrontFlags>();
    const found = await trainForSearch(command, surroundings, (scan) =>
      trainFront({ ...scan, first: axisValues(scan.range) as number[], trials, atOnce }),
    );
    const points = found.front.map(({ settings, spread }) => ({ settings, ...spread }));
    surroundings.print(
      json
        ? `${JSON.stringify({ trials: found.trained.length, front: points }, null, 2)}\n`
        : terminalText(
            [
              `${found.trained.length} trials; the front, from the least work:`,
              ...points.map(
                ({ settings, work, quality }) =>
                  `${settingsText(settings)}: work ${spreadText(work)}, quality ${spreadText(quality)}`,
              ),
              '',
            ].join('\n'),
          ),
    );
    return 0;
  },
};
