import { whole } from '../format.ts';
import { color } from '../theme.ts';
import type { Progress } from '../training/messages.ts';
import { latest, settings } from './state.ts';
import { useDrawing, type Sheet } from './use-drawing.ts';

/** Columns longer than this show a part of their units. */
const most = 40;
/** Lines that end in one unit. */
const lines = 5;

/** The network as it is: units in columns, and the strongest of what each reads. */
export function NetworkDrawing() {
  const canvas = useDrawing(draw, () => latest.value);
  const now = latest.value;
  return (
    <figure class="network">
      <canvas ref={canvas} role="img" aria-label={now === null ? 'The network' : describe(now)} />
    </figure>
  );
}

function describe({ now, whole: before }: Progress): string {
  const layers = Object.entries(now.sizes).map(
    ([dim, size]) =>
      `layer ${dim.slice(1)} has ${whole(size)} of ${whole(before.sizes[dim]!)} units`,
  );
  return `The network: ${layers.join(', ')}.`;
}

function draw({ context, width, height }: Sheet): void {
  const now = latest.peek();
  if (now === null) return;
  const { links, norms } = now;
  const counts = [links[0]!.from, ...links.map(({ to }) => to)];
  const shown = counts.map((count) => Math.min(most, count));
  const [top, bottom, side] = [34, 12, 40];
  const x = (column: number): number => side + (column * (width - 2 * side)) / (counts.length - 1);
  const gap = (height - top - bottom) / Math.max(...shown);
  const radius = Math.max(1.5, Math.min(4.5, 0.36 * gap));
  const y = (column: number, unit: number): number =>
    (height + top - bottom) / 2 + (unit - (shown[column]! - 1) / 2) * gap;
  const alive = (column: number, unit: number): boolean =>
    column === 0 || column > norms.length || norms[column - 1]![unit]! > 0;

  context.strokeStyle = color('accent');
  links.forEach(({ to, strengths }, column) => {
    for (let unit = 0; unit < shown[column + 1]!; unit++) {
      if (!alive(column + 1, unit)) continue;
      for (const [from, strength] of strongest(strengths, to, unit, shown[column]!)) {
        if (!alive(column, from)) continue;
        context.globalAlpha = 0.05 + 0.5 * (strength / 255) ** 1.5;
        context.lineWidth = 0.5 + 1.5 * (strength / 255);
        const [x0, x1] = [x(column) + radius, x(column + 1) - radius];
        const [y0, y1] = [y(column, from), y(column + 1, unit)];
        context.beginPath();
        context.moveTo(x0, y0);
        context.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
        context.stroke();
      }
    }
  });
  context.globalAlpha = 1;
  const [ink, faint, ground] = [color('accent-ink'), color('line'), color('ground')];
  shown.forEach((count, column) => {
    for (let unit = 0; unit < count; unit++) {
      const lives = alive(column, unit);
      context.beginPath();
      context.arc(x(column), y(column, unit), lives ? radius : 0.6 * radius, 0, 2 * Math.PI);
      context.fillStyle = !lives ? ground : column === 0 || column > norms.length ? faint : ink;
      context.fill();
      if (!lives) {
        context.strokeStyle = faint;
        context.lineWidth = 1;
        context.stroke();
      }
    }
  });
  label(context, now, x);
}

function label(
  context: CanvasRenderingContext2D,
  { now, whole: before }: Progress,
  x: (column: number) => number,
): void {
  const style = getComputedStyle(document.body);
  context.textAlign = 'center';
  const put = (column: number, first: string, second: string): void => {
    context.fillStyle = color('muted');
    context.font = `12px ${style.fontFamily}`;
    context.fillText(first, x(column), 11);
    context.fillStyle = color('ink');
    context.font = `600 12px ${style.fontFamily}`;
    context.fillText(second, x(column), 26);
  };
  const { task } = settings.peek();
  put(0, 'reads', task === 'characters' || task === 'words' ? task : 'numbers');
  const layers = Object.entries(now.sizes);
  layers.forEach(([dim, size], i) => {
    const all = before.sizes[dim]!;
    put(i + 1, `layer ${i + 1}`, size === all ? `${size}` : `${size} of ${all}`);
  });
  put(layers.length + 1, 'says', task === 'gestures' ? 'which' : 'the next');
}

/** The units that a unit reads most, with how strongly. */
function strongest(
  strengths: Uint8Array,
  to: number,
  unit: number,
  from: number,
): [from: number, strength: number][] {
  const all = Array.from({ length: from }, (_, i): [number, number] => [
    i,
    strengths[i * to + unit]!,
  ]);
  return all.sort((a, b) => b[1] - a[1]).slice(0, lines);
}
