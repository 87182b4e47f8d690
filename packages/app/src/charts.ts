import { createRequire } from 'node:module';
import type * as ECharts from 'echarts';

// As one file and only for a chart: its 600 modules took longer to load than all else that a command line needs.
const require = createRequire(import.meta.url);
const echarts = (): typeof ECharts => require('echarts') as typeof ECharts;

/** One line of a line chart. */
export interface Series {
  readonly name: string;
  /** Pairs of x and y. */
  readonly points: readonly (readonly [number, number])[];
}

const base = {
  animation: false,
  textStyle: { fontFamily: 'system-ui, sans-serif' },
  color: ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700', '#8250df', '#57606a'],
};

/** Draws a chart of echarts' as SVG. */
export function renderChart(option: ECharts.EChartsOption, width: number, height: number): string {
  const chart = echarts().init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ ...base, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** A line chart as SVG. */
export function lineChart(options: {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  readonly logarithmic?: boolean;
}): string {
  // Beside the title there is room for three names; more stand beside the lines.
  const beside = options.series.length > 3;
  return renderChart(
    {
      title: { text: options.title, left: 8, top: 4, textStyle: { fontSize: 14 } },
      legend: beside
        ? { orient: 'vertical', right: 8, top: 'middle' }
        : { right: 24, top: 4, itemGap: 28 },
      grid: { left: 64, right: beside ? 160 : 24, top: 48, bottom: 48 },
      xAxis: {
        type: 'value',
        name: options.x,
        nameLocation: 'middle',
        nameGap: 28,
        min: 'dataMin',
        max: 'dataMax',
      },
      yAxis: {
        type: options.logarithmic ? 'log' : 'value',
        name: options.y,
        nameLocation: 'middle',
        nameGap: 44,
        scale: true,
      },
      series: options.series.map(({ name, points }) => ({
        name,
        type: 'line' as const,
        showSymbol: points.length < 20,
        data: points.map(([x, y]) => [x, y]),
      })),
    },
    640,
    300,
  );
}
