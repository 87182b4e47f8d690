import { lineChart, readRunMetrics, writeReport, type Metric } from '@secateur/app';
import { formatAnswered, tableOf, type Result } from './result.ts';
import type { Settings } from './settings.ts';

/** A line of `metrics.jsonl`: an epoch's has a loss and scores. */
interface RunMetric extends Metric {
  readonly train?: number;
  readonly exactMatch?: number;
  readonly f1?: number;
}

/**
 * Writes `report.html` of a run from its metrics and result, with results of other runs beside it, and returns the file's path.
 */
export function writeRunReport(
  directory: string,
  result: Result,
  settings: Settings,
  beside: Readonly<Record<string, Result>> = {},
): string {
  const metrics = readRunMetrics<RunMetric>(directory);
  const epochs = metrics.filter(({ kind }) => kind === 'epoch');
  const steps = metrics.filter(({ kind }) => kind === 'train');
  const charts = [
    lineChart({
      title: 'Answers on validation',
      x: 'epoch',
      y: 'per cent',
      series: [
        { name: 'F1', points: epochs.map((metric) => [metric.epoch + 1, metric.f1!]) },
        {
          name: 'exact match',
          points: epochs.map((metric) => [metric.epoch + 1, metric.exactMatch!]),
        },
      ],
    }),
    lineChart({
      title: 'Loss a question',
      x: 'step',
      y: 'nats',
      series: [{ name: 'loss', points: steps.map((metric) => [metric.step, metric.loss!]) }],
    }),
    // By itself: with the proximal penalty it is hundreds of times the loss.
    lineChart({
      title: 'Penalty',
      x: 'step',
      y: 'λ times the sum of norms',
      series: [{ name: 'penalty', points: steps.map((metric) => [metric.step, metric.penalty!]) }],
    }),
  ];
  const page = {
    title: `Secateur: question answering, ${settings.preset}, seed ${settings.seed}`,
    heading: 'BiDAF that slimmed itself',
    settings,
    result,
    rows: tableOf(result, beside),
    charts,
    sample: {
      heading: 'Some answers',
      text: result.examples.flatMap(formatAnswered).join('\n').trim(),
    },
  };
  return writeReport(directory, page, metrics);
}
