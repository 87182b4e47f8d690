// The trade-off of the preset `quick`: what a share of the multiply-adds costs, met in different ways. The names of the runs are
// those of `npm run experiments`.
import { renderChart } from '@secateur/app';
import type { SeriesOption } from 'echarts';
import { markdown, mean, spread } from './kept.ts';
import type { LanguageModelRun } from './language-models.ts';

/** Ways to a smaller network, by what the name of a run says, with their colours. */
const ways = {
  '': ['budget, from the teacher', '#d1242f'],
  slow: ['the same in 4 epochs', '#fb8f44'],
  alone: ['budget, no teacher', '#bf8700'],
  'direct-taught': ['direct design, same teacher', '#1f6feb'],
  direct: ['direct design, no teacher', '#57606a'],
  magnitude: ['magnitude pruning, same teacher', '#8250df'],
} as const;
type Way = keyof typeof ways;
const allWays = Object.keys(ways) as Way[];

/** Budget and way of a run by its name, `budget-0.5-alone-s1` for instance; the preset's own budget is 0.4. */
function placeOf(name: string): { readonly budget: number; readonly way: Way } | undefined {
  const match = /^(?:quick|budget-(0\.\d+))(?:-([a-z-]+))?-s\d+$/.exec(name);
  const way = match?.[2] ?? '';
  if (match === null || !(way in ways)) return undefined;
  return { budget: Number(match[1] ?? 0.4), way: way as Way };
}

/** Whether a run is part of the trade-off. */
export const isTradeOff = (name: string): boolean => placeOf(name) !== undefined || isDense(name);

/** The dense networks that the budgets are shares of. */
const isDense = (name: string): boolean => /^quick-dense(-\d+)?-s\d+$/.test(name);

const testOf = ({ result }: LanguageModelRun): number => result.pruned.perplexity.test;

/** Runs by budget, the largest first, then by way. */
function byBudget(all: readonly LanguageModelRun[]): [number, Map<Way, LanguageModelRun[]>][] {
  const groups = new Map<number, Map<Way, LanguageModelRun[]>>();
  for (const run of all) {
    const key = placeOf(run.name);
    if (key === undefined) continue;
    const byWay = groups.get(key.budget) ?? new Map<Way, LanguageModelRun[]>();
    groups.set(key.budget, byWay.set(key.way, [...(byWay.get(key.way) ?? []), run]));
  }
  return [...groups].sort(([a], [b]) => b - a);
}

/**
 * How much higher each way ends on the test text than the first, which is the preset's, by budget: over the seeds that both have,
 * as seeds differ by as much as some ways do.
 */
export function behindTable(all: readonly LanguageModelRun[]): string {
  const seedOf = ({ name }: LanguageModelRun): string => /-s(\d+)$/.exec(name)![1]!;
  const others = allWays.slice(1);
  return markdown(
    ['budget', ...others.map((way) => ways[way][0])],
    byBudget(all).map(([budget, runsByWay]) => [
      `${Math.round(100 * budget)} %`,
      ...others.map((way) => {
        const pairs = (runsByWay.get(way) ?? []).flatMap((run) => {
          const own = runsByWay.get('')?.find((each) => seedOf(each) === seedOf(run));
          return own === undefined ? [] : [testOf(run) - testOf(own)];
        });
        return pairs.length === 0 ? '-' : spread(pairs) + seedsNote(pairs);
      }),
    ]),
  );
}

/** How many seeds there are, where not three. */
const seedsNote = ({ length }: readonly unknown[]): string =>
  length === 3 ? '' : length === 1 ? ', 1 seed' : `, ${length} seeds`;

/** Test perplexity by budget and way: mean, least and most of the seeds, and how many there are where not three. */
export function budgetsTable(all: readonly LanguageModelRun[]): string {
  const shown = (runs: readonly LanguageModelRun[] | undefined): string =>
    runs === undefined ? '-' : spread(runs.map(testOf)) + seedsNote(runs);
  return markdown(
    ['budget', ...allWays.map((way) => ways[way][0])],
    byBudget(all).map(([budget, runsByWay]) => [
      `${Math.round(100 * budget)} %`,
      ...allWays.map((way) => shown(runsByWay.get(way))),
    ]),
  );
}

/** Test perplexity against multiply-adds as SVG: a line through the means of each way, a small mark for each seed. */
export function budgetsPicture(all: readonly LanguageModelRun[]): string {
  const dense = all.filter(({ name }) => isDense(name));
  const full = dense[0]?.result.dense.macsPerWord;
  if (full === undefined) throw new Error('results: expected a kept quick-dense-s1, found none.');
  const at = (run: LanguageModelRun): [number, number] => [
    (100 * run.result.pruned.macsPerWord) / full,
    testOf(run),
  ];
  const budgets = byBudget(all);
  const marks = (colour: string, runs: readonly LanguageModelRun[]): SeriesOption => ({
    ...{ type: 'line', symbol: 'circle', symbolSize: 4, lineStyle: { opacity: 0 } },
    ...{ itemStyle: { color: colour, opacity: 0.6 }, data: runs.map(at) },
  });
  const line = (name: string, colour: string, groups: LanguageModelRun[][]): SeriesOption[] => [
    {
      ...{ name, type: 'line', symbol: 'circle', symbolSize: 8 },
      ...{ itemStyle: { color: colour }, lineStyle: { color: colour } },
      data: groups.map((runs) => {
        const points = runs.map(at);
        return [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
      }),
    },
    marks(colour, groups.flat()),
  ];
  const epochs = [...new Set(dense.map(({ result }) => result.epochs))].sort((a, b) => a - b);
  const series = [
    ...allWays.flatMap((way) => {
      const groups = budgets.flatMap(([, runsByWay]) =>
        runsByWay.has(way) ? [runsByWay.get(way)!] : [],
      );
      return groups.length === 0 ? [] : line(ways[way][0], ways[way][1], groups);
    }),
    ...epochs.flatMap((each, k) =>
      line(`dense, ${each} epochs`, ['#1a7f37', '#2da44e', '#7fbf7f'][k % 3]!, [
        dense.filter(({ result }) => result.epochs === each),
      ]),
    ),
  ];
  return renderChart(
    {
      backgroundColor: '#ffffff',
      legend: { top: 4, left: 48, right: 48, itemGap: 20 },
      grid: { left: 64, right: 24, top: 112, bottom: 48 },
      xAxis: {
        ...{ type: 'value', name: 'multiply-adds a word, % of the dense network' },
        ...{ nameLocation: 'middle', nameGap: 28, min: 20, max: 105 },
      },
      yAxis: {
        ...{ type: 'value', name: 'test perplexity', nameLocation: 'middle', nameGap: 44 },
        scale: true,
      },
      series,
    },
    720,
    464,
  );
}
