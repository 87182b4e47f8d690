import { renderChart } from './charts.ts';
import { pngUri, type Pixels } from './png.ts';

/** What {@link normsChart} draws. */
export interface NormsChartOptions {
  readonly title: string;
  readonly steps: readonly number[];
  /** One row of norms a snapshot, in the order of `steps`. */
  readonly norms: readonly (readonly number[])[];
}

const [WIDTH, HEIGHT] = [640, 340];
const grid = { left: 64, right: 110, top: 40, bottom: 48 };
/** Pixels a unit of the chart, so that it is sharp on a fine screen. */
const SHARP = 2;
/** From small norms to large ones. */
const colours = [0xe3edf7, 0x9ecae1, 0x4292c6, 0x08519c, 0x08306b];

/**
 * The ISS norms of one layer over training as SVG: a column a snapshot, a row a component, the components in the
 * order in which they fell to zero, so that the living ones stand as a block. The colour is the norm's magnitude, white is
 * zero. The picture itself is a PNG: a shape for each norm would make tens of megabytes of a large network.
 */
export function normsChart({ title, steps, norms }: NormsChartOptions): string {
  const order = byDeath(norms);
  // By magnitude, or the few large norms would leave the dying ones invisible.
  const magnitudes = norms.flatMap((row) => row.filter((norm) => norm > 0).map(Math.log10));
  const least = magnitudes.reduce((a, b) => Math.min(a, b), 0);
  const most = magnitudes.reduce((a, b) => Math.max(a, b), 0.1);
  const [width, height] = [WIDTH - grid.left - grid.right, HEIGHT - grid.top - grid.bottom];
  const pixels = paint(norms, order, [least, most], width * SHARP, height * SHARP);
  return renderChart(
    {
      title: { text: title, left: 8, top: 4, textStyle: { fontSize: 14 } },
      grid,
      xAxis: {
        type: 'category',
        data: steps.map(String),
        name: 'step',
        nameLocation: 'middle',
        nameGap: 28,
      },
      yAxis: {
        type: 'category',
        data: order.map((_, line) => String(line + 1)),
        name: 'component',
        nameLocation: 'middle',
        nameGap: 36,
      },
      visualMap: {
        min: least,
        max: most,
        calculable: false,
        orient: 'vertical',
        right: 8,
        top: 'middle',
        text: [(10 ** most).toPrecision(2), (10 ** least).toPrecision(2)],
        inRange: { color: colours.map((colour) => `#${colour.toString(16).padStart(6, '0')}`) },
      },
      // A series that is empty, for the scale of colours to belong to.
      series: [{ type: 'heatmap', data: [] }],
      graphic: {
        type: 'image',
        silent: true,
        style: { image: pngUri(pixels), x: grid.left, y: grid.top, width, height },
      },
    },
    WIDTH,
    HEIGHT,
  );
}

/** The components by the moment from which they stay at zero, the last to live first, then by their last norm. */
function byDeath(norms: NormsChartOptions['norms']): number[] {
  const count = norms[0]?.length ?? 0;
  const death = Array.from({ length: count }, (_, component) => {
    // The first snapshot from which the component stays at zero; norms.length when it lives.
    let at = norms.length;
    while (at > 0 && norms[at - 1]?.[component] === 0) at--;
    return at;
  });
  const last = norms.at(-1) ?? [];
  return Array.from({ length: count }, (_, component) => component).sort(
    (a, b) => death[b]! - death[a]! || last[b]! - last[a]! || a - b,
  );
}

function paint(
  norms: NormsChartOptions['norms'],
  order: readonly number[],
  range: readonly [least: number, most: number],
  width: number,
  height: number,
): Pixels {
  const data = new Uint8Array(3 * width * height).fill(255);
  for (let y = 0; y < height; y++) {
    const component = order[Math.floor(((height - 1 - y) / height) * order.length)];
    norms.forEach((row, snapshot) => {
      const norm = component === undefined ? 0 : row[component]!;
      if (norm === 0) return;
      const colour = colourOf(Math.log10(norm), range);
      const end = Math.ceil(((snapshot + 1) * width) / norms.length);
      for (let x = Math.ceil((snapshot * width) / norms.length); x < end; x++) {
        data.set(colour, 3 * (y * width + x));
      }
    });
  }
  return { width, height, data };
}

/** The colour of a magnitude, between its two neighbours in {@link colours}. */
function colourOf(magnitude: number, [least, most]: readonly [number, number]): number[] {
  const place = ((magnitude - least) / (most - least)) * (colours.length - 1);
  const below = Math.min(colours.length - 2, Math.floor(place));
  const share = place - below;
  return [16, 8, 0].map((shift) => {
    const [a, b] = [colours[below]!, colours[below + 1]!].map((colour) => (colour >> shift) & 255);
    return Math.round(a! + (b! - a!) * share);
  });
}
