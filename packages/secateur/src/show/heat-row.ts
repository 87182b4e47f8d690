/** From the least to the largest; what is exactly zero has a sign of its own. */
const blocks = { unicode: '▁▂▃▄▅▆▇█', plain: ':-=+*#%@' };
const zero = { unicode: '·', plain: '.' };
/** For what is infinite or no number. */
const none = '!';

/** How {@link heatRow} draws. */
export interface HeatOptions {
  /** Most characters. */
  readonly width?: number;
  /** Block characters, or ASCII. */
  readonly unicode: boolean;
}

/**
 * A row of characters for values of 0 and more, as tall as the values are beside the largest. Neighbors share a character when
 * there are more than fit: their mean. One that is not zero is never drawn as zero, and one that is infinite or no number is drawn
 * as `!`.
 */
export function heatRow(values: ArrayLike<number>, { width = 48, unicode }: HeatOptions): string {
  const style = unicode ? 'unicode' : 'plain';
  // Not Math.max: there may be more values than a call takes arguments.
  const most = Array.from(values).reduce((a, b) => (b > a && b < Infinity ? b : a), 0);
  const cells = Math.min(width, values.length);
  let row = '';
  for (let cell = 0; cell < cells; cell++) {
    const from = Math.floor((cell * values.length) / cells);
    const to = Math.floor(((cell + 1) * values.length) / cells);
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i]!;
    const share = sum / (to - from) / most;
    const steps = blocks[style].length;
    if (!Number.isFinite(sum)) row += none;
    else
      row += sum > 0 ? blocks[style][Math.min(Math.floor(share * steps), steps - 1)]! : zero[style];
  }
  return row;
}
