import { InvalidArgumentError } from 'commander';
import { terminalText } from '@secateur/input';
import { numberText } from '../report/shown.ts';
import { findWork } from '../search/find.ts';
import { wholeNumber } from './options.ts';
import type { Subcommand } from './subcommand.ts';
import { addSearchOptions, trainForSearch } from './train-for-search.ts';

interface FindFlags {
  readonly work: number;
  readonly tolerance: number;
  readonly steps: number;
  readonly whole?: string;
  readonly json?: true;
}

/** `secateur sweep find`. */
export const find: Subcommand = {
  summary: 'finds the setting at which a network costs what it may',
  configure(command) {
    addSearchOptions(
      command.description(
        "Finds the value in a sweep's range at which the work is that asked for, by bisection: it trains the two ends, then middles. What is in the store is not trained again.",
      ),
    )
      .requiredOption(
        '--work <work>',
        "a share such as 0.4, of the whole network's work, or the work itself, such as 263000",
        positive,
      )
      .option(
        '--whole <key>',
        "where a result has the whole network's work, such as dense.macsPerWord (default: the work at the range's lower end is the whole)",
      )
      .option('--tolerance <share>', 'how far off it may be, as a share', positive, 0.05)
      .option('--steps <n>', 'most values between the ends', wholeNumber, 12);
  },
  async run(command, surroundings) {
    const { work, json, whole, ...options } = command.opts<FindFlags>();
    const [setting, found] = await trainForSearch(command, surroundings, async (scan) => {
      const { from, to } = scan.range;
      return [
        scan.setting,
        await findWork({
          ...{ ...scan, from: Math.min(from, to), to: Math.max(from, to), target: work },
          ...{ tolerance: options.tolerance, steps: options.steps },
          ...(whole !== undefined && { whole }),
        }),
      ] as const;
    });
    const { trained, ...result } = found;
    surroundings.print(
      json
        ? `${JSON.stringify({ setting, ...result, trials: trained.length }, null, 2)}\n`
        : terminalText(
            `${setting} ${result.value}: work ${numberText(result.work)} of ${numberText(result.target)} asked for, quality ${numberText(result.quality)}; ${trained.length} trials\n`,
          ),
    );
    return 0;
  },
};

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}
