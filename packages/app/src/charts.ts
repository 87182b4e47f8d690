import * as echarts from 'echarts';

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

function render(option: echarts.EChartsOption, width: number, height: number): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
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
  return render(
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

/**
 * The ISS norms of one layer over training as SVG: a column a snapshot, a row a component, the components in the
 * order in which they fell to zero, so that the living ones stand as a block. The colour is the norm's magnitude.
 */
export function normsChart(options: {
  readonly title: string;
  readonly steps: readonly number[];
  /** One row of norms a snapshot, in the order of `steps`. */
  readonly norms: readonly (readonly number[])[];
}): string {
  const { steps, norms } = options;
  const count = norms[0]?.length ?? 0;
  const death = Array.from({ length: count }, (_, component) => {
    // The first snapshot from which the component stays at zero; norms.length when it lives.
    let at = norms.length;
    while (at > 0 && norms[at - 1]?.[component] === 0) at--;
    return at;
  });
  const last = norms.at(-1) ?? [];
  const order = Array.from({ length: count }, (_, component) => component).sort(
    (a, b) => death[b]! - death[a]! || last[b]! - last[a]! || a - b,
  );
  // By magnitude, or the few large norms would leave the dying ones invisible; a dead component has no cell at all.
  const cells = norms.flatMap((row, column) =>
    order.flatMap((component, line) => {
      const norm = row[component]!;
      return norm > 0 ? [[column, line, Number(Math.log10(norm).toFixed(2))]] : [];
    }),
  );
  const magnitudes = cells.map(([, , value]) => value!);
  const [least, most] = [Math.min(0, ...magnitudes), Math.max(0.1, ...magnitudes)];
  return render(
    {
      title: { text: options.title, left: 8, top: 4, textStyle: { fontSize: 14 } },
      grid: { left: 64, right: 110, top: 40, bottom: 48 },
      xAxis: {
        type: 'category',
        data: steps.map(String),
        name: 'step',
        nameLocation: 'middle',
        nameGap: 28,
        splitArea: { show: false },
      },
      yAxis: {
        type: 'category',
        data: order.map((_, line) => String(line + 1)),
        name: 'component',
        nameLocation: 'middle',
        nameGap: 36,
      },
      visualMap: {
        min: least,
        max: most,
        calculable: false,
        orient: 'vertical',
        right: 8,
        top: 'middle',
        text: [(10 ** most).toPrecision(2), (10 ** least).toPrecision(2)],
        inRange: { color: ['#e3edf7', '#9ecae1', '#4292c6', '#08519c', '#08306b'] },
      },
      series: [{ type: 'heatmap', data: cells, silent: true, progressive: 0 }],
    },
    640,
    340,
  );
}
