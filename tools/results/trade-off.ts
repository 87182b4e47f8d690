import * as echarts from 'echarts';
import type { LanguageModelRun } from './language-models.ts';

/** Test perplexity against width, ISS beside dense networks trained at these widths from scratch, as SVG. */
export function tradeOff(all: readonly LanguageModelRun[]): string {
  const dense = all.filter(({ result }) => result.lambda === 0);
  const iss = all.filter(({ result }) => result.lambda > 0);
  const points = (kept: readonly LanguageModelRun[]): [number, number, string][] =>
    kept
      .map(({ result: { pruned, lambda } }): [number, number, string] => {
        const label = lambda === 0 ? '' : `λ = ${lambda}`;
        return [pruned.sizes[0]!, Number(pruned.perplexity.test.toFixed(2)), label];
      })
      .sort((a, b) => a[0] - b[0]);
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 400 });
  const line = (name: string, kept: readonly LanguageModelRun[]): echarts.SeriesOption => ({
    name,
    type: 'line',
    symbolSize: 8,
    data: points(kept),
    label: {
      show: true,
      position: 'top',
      formatter: ({ data }) => (data as [number, number, string])[2],
    },
  });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    color: ['#d1242f', '#1f6feb'],
    legend: { top: 4, itemGap: 28 },
    grid: { left: 64, right: 24, top: 48, bottom: 48 },
    xAxis: { type: 'value', name: 'width', nameLocation: 'middle', nameGap: 28, scale: true },
    yAxis: {
      type: 'value',
      name: 'test perplexity',
      nameLocation: 'middle',
      nameGap: 44,
      scale: true,
    },
    series: [line('ISS', iss), line('dense, trained at that width', dense)],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
