import { readRunMetrics, type Metric } from '@secateur/app';

/** What is kept of a run's training, for pictures. */
export interface TrainingHistory {
  /** Perplexities at each epoch's end. */
  readonly epochs: readonly { readonly train: number; readonly valid: number }[];
  readonly snapshots: readonly Snapshot[];
}

/** The norms of the ISS components at one step. */
interface Snapshot {
  readonly step: number;
  /** By dimension, the norm of each component with three digits and spaces between, 0 for one that was removed. */
  readonly norms: Readonly<Record<string, string>>;
}

/** Snapshots that are kept of a run. */
const KEPT = 24;

/** Reads from a run's metrics what is kept of its training; norms only of a run with a penalty. */
export function historyOf(run: string, lambda: number): TrainingHistory {
  const metrics = readRunMetrics<Metric & { train: number; valid: number }>(run);
  const epochs = metrics.filter(({ kind }) => kind === 'epoch');
  const all = metrics.filter(({ kind }) => kind === 'norms');
  const every = Math.ceil(all.length / KEPT);
  // Counted from the end, so that the last one is there.
  const some = all.filter((_, i) => (all.length - 1 - i) % every === 0);
  return {
    epochs: epochs.map(({ train, valid }) => ({
      train: digits(train, 5),
      valid: digits(valid, 5),
    })),
    snapshots: lambda === 0 ? [] : some.map(({ step, norms }) => ({ step, norms: texts(norms!) })),
  };
}

/** The norms of one dimension, a row a snapshot. */
export function normsOf(history: TrainingHistory, dim: string): number[][] {
  return history.snapshots.map(({ norms }) => norms[dim]!.split(' ').map(Number));
}

const digits = (value: number, count: number): number => Number(value.toPrecision(count));

function texts(norms: NonNullable<Metric['norms']>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(norms).map(([dim, values]) => [
      dim,
      values.map((value) => digits(value, 3)).join(' '),
    ]),
  );
}
