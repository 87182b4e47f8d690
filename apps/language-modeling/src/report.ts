import { lineChart, readRunMetrics, writeReport, type Metric } from '@secateur/app';
import { tableOf, type Result } from './result.ts';
import type { Settings } from './settings.ts';

/** A line of `metrics.jsonl`: an epoch's has perplexities. */
interface RunMetric extends Metric {
  readonly valid?: number;
  readonly train?: number;
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
  const taught = result.teacher === null ? '' : `, taught by ${result.teacher.directory}`;
  const charts = [
    lineChart({
      title: 'Perplexity',
      x: 'epoch',
      y: '',
      logarithmic: true,
      series: [
        { name: 'training', points: epochs.map((metric) => [metric.epoch + 1, metric.train!]) },
        { name: 'validation', points: epochs.map((metric) => [metric.epoch + 1, metric.valid!]) },
      ],
    }),
    lineChart({
      title: 'Loss a word, and penalty',
      x: 'step',
      y: 'nats',
      series: [
        {
          name: result.teacher === null ? 'cross-entropy a word' : 'loss a word, with the teacher',
          points: steps.map((metric) => [metric.step, metric.loss!]),
        },
        {
          name: 'penalty a word',
          points: steps.map((metric) => [metric.step, metric.penalty! / settings.steps]),
        },
      ],
    }),
  ];
  const page = {
    title: `Secateur: ${settings.preset}, seed ${settings.seed}`,
    heading: `A language model that slimmed itself${taught}`,
    settings,
    result,
    rows: tableOf(result, beside),
    charts,
    sample: { heading: 'A sample of the pruned network', text: result.sample },
  };
  return writeReport(directory, page, metrics);
}
