import type { EChartsOption } from 'echarts';
import type { TrialRecord } from '../search/read-trials.ts';
import { trialFigure } from '../search/figure.ts';
import type { SeedGroup } from '../search/trade-off.ts';
import type { Figure, Quality, SettingValue } from '../spec/trial-spec.ts';
import { numberText, settingsText, settingText, spreadText, timeText } from './shown.ts';

/** A chart: plain data, which travels as JSON. */
export type Chart = EChartsOption;

/** What charts need of a sweep. */
export interface Charted {
  readonly quality: Quality;
  readonly work: Figure;
  readonly done: readonly TrialRecord[];
  readonly groups: readonly SeedGroup[];
  readonly front: readonly SeedGroup[];
  /** Address of a trial's report. */
  readonly href: (trial: TrialRecord) => string;
}

/** Colors that are seen on white and on black. */
const colors = { trial: '#8b949e', mean: '#3b82f6', front: '#e8590c' };

/** Most values of a setting that are shown one by one. */
const FEW = 8;

const base = {
  animation: false,
  backgroundColor: 'transparent',
  textStyle: { fontFamily: 'system-ui, sans-serif' },
  tooltip: {
    trigger: 'item',
    formatter: '{b}',
    extraCssText: 'white-space: pre-line',
    confine: true,
  },
} as const;

/** Quality against work: every trial, means over seeds with a standard deviation each way, and the front. */
export function tradeOffChart({ quality, work, done, groups, front, href }: Charted): Chart {
  const works = done.map((trial) => trialFigure(trial, work.key));
  const [least, most] = [Math.min(...works), Math.max(...works)];
  // Within a decade a log axis has hardly a number on it.
  const log = least > 0 && most > 20 * least;
  const named = (group: SeedGroup): string =>
    `${settingsText(group.settings)}\n${quality.name} ${spreadText(group.spread.quality)}\n${work.name} ${spreadText(group.spread.work)}\n${countText(group.trials.length)}`;
  const bar = (group: SeedGroup): (readonly [number, number] | null)[] => {
    const { work: x, quality: y } = group.spread;
    if (group.trials.length === 1) return [];
    const left = log ? Math.max(x.mean - x.deviation, x.lowest) : x.mean - x.deviation;
    return [
      ...[[left, y.mean] as const, [x.mean + x.deviation, y.mean] as const, null],
      ...[[x.mean, y.mean - y.deviation] as const, [x.mean, y.mean + y.deviation] as const, null],
    ];
  };
  const means = (of: readonly SeedGroup[]) =>
    of.map((group) => ({ value: [group.work, group.quality], name: named(group) }));
  return {
    ...base,
    aria: {
      enabled: true,
      description: `${quality.name} against ${work.name}: ${done.length} trials, ${front.length} settings on the front. The tables below have the numbers.`,
    } as object,
    legend: { top: 0, itemGap: 16 },
    grid: { left: 16, right: 24, top: 56, bottom: 16, outerBoundsMode: 'same' },
    xAxis: {
      type: log ? 'log' : 'value',
      scale: true,
      name: work.name,
      nameLocation: 'middle',
      nameGap: 28,
      ...(log ? { min: least / 1.2, max: most * 1.2 } : {}),
      splitNumber: 4,
      axisLabel: { hideOverlap: true },
    },
    yAxis: { type: 'value', scale: true, name: quality.name, nameLocation: 'middle', nameGap: 44 },
    series: [
      {
        name: 'trials',
        type: 'scatter',
        symbolSize: 8,
        itemStyle: { color: colors.trial, opacity: 0.7 },
        data: done.map((trial) => ({
          value: [trialFigure(trial, work.key), trialFigure(trial, quality.key)],
          name: trialText(trial, quality, work),
          href: href(trial),
        })),
      },
      {
        name: 'spread over seeds',
        type: 'line',
        showSymbol: false,
        silent: true,
        lineStyle: { color: colors.mean, width: 1.5, opacity: 0.7 },
        itemStyle: { color: colors.mean },
        data: groups.flatMap(bar) as never,
      },
      {
        name: 'mean',
        type: 'scatter',
        symbol: 'diamond',
        symbolSize: 12,
        itemStyle: { color: colors.mean },
        data: means(groups),
      },
      {
        name: 'front',
        type: 'line',
        step: 'end',
        symbol: 'circle',
        symbolSize: 9,
        lineStyle: { color: colors.front, width: 2 },
        itemStyle: { color: colors.front },
        data: means(front),
      },
    ],
  };
}

/** Every finished trial as a line over its settings and figures, colored by its quality. */
export function parallelChart({ quality, work, done, href }: Charted): Chart {
  const names = [...new Set(done.flatMap(({ spec }) => Object.keys(spec.settings)))];
  const axes = names
    .map((name) => ({ name, values: done.map(({ spec }) => spec.settings[name]) }))
    .filter(({ values }) => new Set(values).size > 1)
    .concat([
      { name: work.name, values: done.map((trial) => trialFigure(trial, work.key)) },
      { name: quality.name, values: done.map((trial) => trialFigure(trial, quality.key)) },
      { name: 'hours', values: done.map(({ seconds }) => seconds / 3600) },
    ]);
  const scales = axes.map(({ values }, dim) => axisOf(values, dim < axes.length - 3));
  const colored = axes.length - 2;
  const qualities = axes[colored]!.values as number[];
  const best = ['#2f9e44', '#f08c00', '#c2255c'];
  const wide = { left: 48, right: 64, top: 72, bottom: 32 };
  const option: Chart = {
    ...base,
    aria: {
      enabled: true,
      description: `A line for each of ${done.length} finished trials over ${axes.map(({ name }) => name).join(', ')}. The table of trials has the numbers.`,
    } as object,
    visualMap: {
      type: 'continuous',
      dimension: colored,
      min: Math.min(...qualities),
      max: Math.max(...qualities),
      inRange: { color: quality.better === 'lower' ? best : [...best].reverse() },
      orient: 'horizontal',
      left: 'center',
      top: 0,
      itemWidth: 12,
      text: [`greater ${quality.name}`, 'less'],
      calculable: false,
    },
    parallel: { layout: 'horizontal', ...wide },
    parallelAxis: axes.map(({ name }, dim) => ({
      ...{ dim, name, ...scales[dim] },
      axisLabel: { width: 90, overflow: 'truncate' },
      nameTextStyle: { align: 'center', verticalAlign: 'bottom', padding: 0 },
    })) as object,
    series: [
      {
        type: 'parallel',
        lineStyle: { width: 1.5, opacity: 0.7 },
        data: done.map((trial, i) => ({
          value: axes.map(({ values }, dim) =>
            scales[dim]!['type'] === 'category' ? settingText(values[i]) : values[i],
          ),
          name: trialText(trial, quality, work),
          href: href(trial),
        })) as never,
      },
    ],
  };
  // On a phone the axes lie below each other, their names above their ends.
  const nameTextStyle = { align: 'right', verticalAlign: 'bottom', padding: [0, 15, 6, 0] };
  const narrow: Chart = {
    parallel: { layout: 'vertical', left: 24, right: 24, top: 80, bottom: 24 },
    parallelAxis: axes.map(() => ({ nameTextStyle })) as object,
  };
  return {
    baseOption: option,
    media: [{ option }, { query: { maxWidth: 560 }, option: narrow }],
  } as Chart;
}

/** How an axis shows its values: figures and many numbers on a scale, other settings one by one. */
function axisOf(
  values: readonly (SettingValue | undefined)[],
  isSetting: boolean,
): Readonly<Record<string, unknown>> {
  const different = [...new Set(values)];
  if (!values.every((value) => typeof value === 'number')) {
    return { type: 'category', data: different.map(settingText) };
  }
  if (isSetting && different.length <= FEW) {
    const sorted = (different as number[]).sort((a, b) => a - b);
    return { type: 'category', data: sorted.map(settingText) };
  }
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const log = least > 0 && most > 20 * least;
  return log
    ? { type: 'log', min: least, max: most }
    : { type: 'value', scale: true, splitNumber: 4 };
}

const countText = (seeds: number): string => (seeds === 1 ? '1 seed' : `${seeds} seeds`);

function trialText(trial: TrialRecord, quality: Figure, work: Figure): string {
  const { spec, seconds } = trial;
  return [
    settingsText(spec.settings),
    `${quality.name} ${numberText(trialFigure(trial, quality.key))}`,
    `${work.name} ${numberText(trialFigure(trial, work.key))}`,
    `trained ${timeText(seconds)}`,
  ].join('\n');
}
