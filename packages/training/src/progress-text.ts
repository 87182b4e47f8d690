/** What a line of progress tells. */
export interface ProgressState {
  /** Steps done. */
  readonly value: number;
  /** Steps there are. */
  readonly total: number;
  /** Epoch, counted from 1, if told. */
  readonly epoch: number | undefined;
  /** Loss, if told. */
  readonly loss: number | undefined;
  /** Units a second; 0 when not known yet. */
  readonly rate: number;
  /** What is counted: `words`. */
  readonly unit: string;
  /** Seconds to go; undefined when not known yet. */
  readonly eta: number | undefined;
}

/** Formats progress in one line: `1200/4000  epoch 3  loss 4.812  1,034 words/s  ETA 2m10s`. */
export function formatProgress(state: ProgressState): string {
  const { value, total, epoch, loss, rate, unit, eta } = state;
  return [
    `${String(value)}/${String(total)}`,
    epoch === undefined ? '' : `epoch ${String(Math.floor(epoch))}`,
    loss === undefined ? '' : `loss ${formatLoss(loss)}`,
    rate > 0 ? `${formatRate(rate)} ${unit}/s` : '',
    eta === undefined ? '' : `ETA ${formatDuration(eta)}`,
  ]
    .filter((part) => part !== '')
    .join('  ');
}

/** Formats seconds as people say them: `45s`, `2m10s`, `3h05m`, `2d04h`. */
function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  if (whole < 60) return `${String(whole)}s`;
  if (whole < 3600) return `${String(minutes)}m${pad(whole % 60)}s`;
  if (hours < 24) return `${String(hours)}h${pad(minutes % 60)}m`;
  return `${String(Math.floor(hours / 24))}d${pad(hours % 24)}h`;
}

function formatLoss(loss: number): string {
  return Math.abs(loss) < 1e-3 && loss !== 0 ? loss.toExponential(2) : loss.toPrecision(4);
}

function formatRate(rate: number): string {
  return rate >= 100 ? Math.round(rate).toLocaleString('en-GB') : rate.toPrecision(3);
}
