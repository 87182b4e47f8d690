import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import Plot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { color, pace, themeChanges } from '../theme.ts';
import { history, latest, settings } from './state.ts';

const nothing: Plot.AlignedData = [[], [], [], []];

/** Losses over the steps: in training, and in validation beside the dense network. */
export function LossChart() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let plot: Plot | null = null;
    let colors = -1;
    let last = 0;
    let waiting = 0;
    const paint = (): void => {
      waiting = 0;
      last = performance.now();
      const width = place.current!.clientWidth;
      if (plot === null || colors !== themeChanges.peek() || plot.width !== width) {
        plot?.destroy();
        plot = new Plot(optionsOf(width), nothing, place.current!);
        colors = themeChanges.peek();
      }
      plot.setData(dataOf());
    };
    const later = (): void => {
      if (waiting !== 0) return;
      waiting = window.setTimeout(paint, Math.max(4, last + 2 * pace() - performance.now()));
    };
    const stop = effect(() => {
      void [history.value, themeChanges.value];
      later();
    });
    const size = new ResizeObserver(later);
    size.observe(place.current!);
    return () => {
      stop();
      size.disconnect();
      clearTimeout(waiting);
      plot?.destroy();
    };
  }, []);
  const now = latest.value;
  return (
    <figure class="chart">
      <div ref={place} role="img" aria-label={now === null ? 'Losses' : describe()} />
      <figcaption class="legend">
        <span class="key now">validation</span>
        <span class="key faint">training</span>
        <span class="key dense">validation, dense</span>
      </figcaption>
    </figure>
  );
}

function describe(): string {
  const { step, loss, validation, denseValidation } = latest.value!;
  const training = loss === null ? '' : `${loss.toFixed(3)} in training, `;
  return `Losses at step ${step}: ${training}${validation.toFixed(3)} in validation, ${denseValidation.toFixed(3)} in validation of the dense network.`;
}

const dataOf = (): Plot.AlignedData => {
  const past = history.peek().filter(({ loss, step }) => loss !== null || step === 0);
  return [
    past.map(({ step }) => step),
    past.map(({ loss }) => loss),
    past.map(({ denseValidation }) => denseValidation),
    past.map(({ validation }) => validation),
  ];
};

function optionsOf(width: number): Plot.Options {
  const axis = {
    stroke: color('muted'),
    grid: { stroke: color('line'), width: 1 },
    ticks: { show: false },
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
  };
  const line = (stroke: string, thick: number): Plot.Series => ({
    ...{ stroke, width: thick, points: { show: false } },
  });
  return {
    ...{ width, height: 170, legend: { show: false }, cursor: { show: false } },
    padding: [8, 16, 0, 0],
    scales: {
      x: { time: false, range: () => [0, settings.peek().steps] },
      y: { range: (_, __, most) => [0, Number.isFinite(most) ? 1.05 * (most || 1) : 1] },
    },
    axes: [
      { ...axis, size: 26 },
      { ...axis, size: 40 },
    ],
    series: [{}, line(color('faint'), 1), line(color('dense'), 2), line(color('accent'), 2.5)],
  };
}
