import { lineChart, readRunMetrics, writeReport, type Metric } from '@whittle/app';
import { formatAnswered, resultRows, type Result } from './result.ts';
import type { Settings } from './settings.ts';

/** A line of `metrics.jsonl`: an epoch's has a loss and scores. */
interface RunMetric extends Metric {
  readonly train?: number;
  readonly exactMatch?: number;
  readonly f1?: number;
}

/** Writes `report.html` of a run from its metrics and result, and returns the file's path. */
export function writeRunReport(directory: string, result: Result, settings: Settings): string {
  const metrics = readRunMetrics<RunMetric>(directory);
  const epochs = metrics.filter(({ kind }) => kind === 'epoch');
  const steps = metrics.filter(({ kind }) => kind === 'train');
  const dims = Object.keys(result.removed);
  const removed = dims.map((dim) => `${result.removed[dim]} of ${dim}`).join(', ');
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
      title: 'Loss a question, and penalty',
      x: 'step',
      y: 'nats',
      series: [
        { name: 'loss', points: steps.map((metric) => [metric.step, metric.loss!]) },
        { name: 'penalty', points: steps.map((metric) => [metric.step, metric.penalty!]) },
      ],
    }),
  ];
  const page = {
    title: `Whittle: question answering, ${settings.preset}, seed ${settings.seed}`,
    heading: 'BiDAF that slimmed itself',
    lead:
      `Preset ${settings.preset}, lambda ${settings.lambda}, ${settings.epochs} epochs, seed ${settings.seed}, ` +
      `backend ${result.backend}. Removed: ${removed}. ${result.speedup.toFixed(2)} times faster. The pruned network, read back ` +
      `in a new process, differs from the unpruned one by at most ${result.maxAbsDiff.toExponential(1)} in any logit.`,
    rows: resultRows(result),
    charts,
    dims,
    sections: [
      { heading: 'Some answers', text: result.examples.flatMap(formatAnswered).join('\n').trim() },
      { heading: 'Settings', text: JSON.stringify(settings, null, 2) },
      { heading: 'Versions', text: JSON.stringify(result.versions, null, 2) },
    ],
  };
  return writeReport(directory, page, metrics);
}
