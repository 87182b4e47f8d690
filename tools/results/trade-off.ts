import { renderChart } from '@secateur/app';
import type { SeriesOption } from 'echarts';
import {
  dropoutOf,
  dropoutSuffix,
  methodOf,
  methods,
  sourceOf,
  type LanguageModelRun,
  type Method,
} from './language-models.ts';

const colours: Readonly<Record<Method, string>> = {
  dense: '#1f6feb',
  'dense, direct design': '#1f6feb',
  'dense, trained longer': '#57606a',
  ISS: '#d1242f',
  'ISS, proximal': '#bf8700',
  'ISS, then λ = 0': '#1a7f37',
  'ISS, fine-tuned': '#8250df',
  budget: '#d1242f',
  'budget, from trained weights': '#d1242f',
  'magnitude, trained on': '#8250df',
};

const fromScratch: readonly Method[] = ['dense', 'dense, direct design', 'ISS', 'ISS, proximal'];

/** The budget or the λ of a run, or λ and length of the one that it starts from; nothing of dense networks. */
function labelOf(run: LanguageModelRun, all: readonly LanguageModelRun[]): string {
  const { targetMacs } = run.result.config;
  if (targetMacs) return `budget ${targetMacs}`;
  if (run.result.lambda > 0) return `λ = ${run.result.lambda}`;
  const before = sourceOf(run, all)?.result;
  return before && before.lambda > 0 ? `after ${before.epochs} epochs of λ = ${before.lambda}` : '';
}

/**
 * Test perplexity against size, ISS beside dense networks trained at these sizes from scratch, as SVG. Runs with dropout have
 * lines of their own, broken ones, and so have runs of more or fewer epochs than the dense network.
 * What a run is, and what it starts from, is looked up among all runs, also where only `shown` ones are drawn.
 */
export function tradeOff(
  all: readonly LanguageModelRun[],
  {
    name,
    size,
    shown = all,
  }: {
    readonly name: string;
    readonly size: (units: readonly number[]) => number;
    readonly shown?: readonly LanguageModelRun[];
  },
): string {
  const usual = all.find((run) => methodOf(run, all) === 'dense')?.result.epochs;
  const line = (title: string, colour: string, of: readonly Method[]): SeriesOption[] => {
    // Of runs that start from others each has its own way, and a line between them would say nothing.
    const connected = of.every((method) => fromScratch.includes(method));
    const suffix = (run: LanguageModelRun): string =>
      dropoutSuffix(dropoutOf(run)) +
      (connected && run.result.epochs !== usual ? `, ${run.result.epochs} epochs` : '');
    const runs = shown.filter((run) => of.includes(methodOf(run, all)));
    return [...new Set(runs.map(suffix))].map((suffixed) => {
      const drawn = runs.filter((run) => suffix(run) === suffixed);
      return {
        name: title + suffixed,
        type: 'line',
        symbolSize: 8,
        itemStyle: { color: colour },
        lineStyle: {
          color: colour,
          type: suffixed === '' ? 'solid' : 'dashed',
          opacity: connected ? 1 : 0,
        },
        data: drawn
          .map((run): [number, number, string] => [
            size(run.result.pruned.sizes),
            Number(run.result.pruned.perplexity.test.toFixed(2)),
            labelOf(run, all),
          ])
          .sort((a, b) => a[0] - b[0]),
        label: {
          show: true,
          position: connected ? 'bottom' : 'right',
          formatter: ({ data }) => (data as [number, number, string])[2],
        },
      };
    });
  };
  const series = [
    ...methods.slice(2).flatMap((method) => line(method, colours[method], [method])),
    ...line('dense, trained at that size', colours.dense, ['dense', 'dense, direct design']),
  ];
  return renderChart(
    {
      backgroundColor: '#ffffff',
      legend: { top: 4, left: 48, right: 48, itemGap: 24 },
      // Of long names three fit into a line of the legend.
      grid: { left: 64, right: 48, top: 24 + 24 * Math.ceil(series.length / 3), bottom: 48 },
      xAxis: {
        type: 'value',
        name,
        nameLocation: 'middle',
        nameGap: 28,
        scale: true,
        // Room for the labels of the outermost points.
        boundaryGap: ['8%', '8%'],
      },
      yAxis: {
        type: 'value',
        name: 'test perplexity',
        nameLocation: 'middle',
        nameGap: 44,
        scale: true,
      },
      series,
    },
    720,
    400,
  );
}
