import { lineChart, writeReport, type Metric } from '@secateur/app';
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
  const { teacher } = result;
  const loss = teacher === null ? 'cross-entropy a word' : 'loss a word, with the teacher';
  const taught = teacher === null ? '' : `, taught by ${teacher.directory}`;
  return writeReport<RunMetric>(directory, (epochs, steps) => ({
    title: `Secateur: ${settings.preset}, seed ${settings.seed}`,
    heading: `A language model that slimmed itself${taught}`,
    ...{ settings, result, rows: tableOf(result, beside) },
    charts: [
      lineChart({
        ...{ title: 'Perplexity', x: 'epoch', y: '', logarithmic: true },
        series: [
          epochs('training', ({ train }) => train!),
          epochs('validation', ({ valid }) => valid!),
        ],
      }),
      lineChart({
        ...{ title: 'Loss a word, and penalty', x: 'step', y: 'nats' },
        series: [
          steps(loss, (metric) => metric.loss!),
          steps('penalty a word', ({ penalty }) => penalty! / settings.steps),
        ],
      }),
    ],
    sample: { heading: 'A sample of the pruned network', text: result.sample },
  }));
}
