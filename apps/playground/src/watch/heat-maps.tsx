import { color } from '../theme.ts';
import { history, latest, settings } from './state.ts';
import { useDrawing, type Sheet } from './use-drawing.ts';

/** Norms of all components over time, a picture a layer: a row goes white when its component dies. */
export function HeatMaps() {
  const layers = Array.from({ length: settings.value.layers }, (_, layer) => layer);
  return (
    <div class="heat-maps">
      {layers.map((layer) => (
        <HeatMap key={`${layer}/${layers.length}`} layer={layer} />
      ))}
    </div>
  );
}

function HeatMap({ layer }: { readonly layer: number }) {
  const canvas = useDrawing(
    (sheet) => draw(sheet, layer),
    () => history.value,
  );
  const norms = latest.value?.norms[layer];
  const dead = norms?.filter((norm) => norm === 0).length ?? 0;
  const all = norms?.length ?? settings.value.units;
  return (
    <figure>
      <figcaption>
        <span>Layer {layer + 1}</span>
        <span class="muted">
          {dead === 0 ? `all ${all} components live` : `${dead} of ${all} components have died`}
        </span>
      </figcaption>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Norms of the ${all} components of layer ${layer + 1} over the training; ${dead} are zero now.`}
      />
    </figure>
  );
}

const scratch = document.createElement('canvas');

function draw({ context, width, height }: Sheet, layer: number): void {
  const past = history.peek().filter(({ norms }) => norms[layer] !== undefined);
  const last = past.at(-1);
  if (last === undefined) return;
  const rows = last.norms[layer]!.length;
  const { steps } = settings.peek();
  const columns = Math.min(steps, 160) + 1;
  const dark = rgb(color('heat'));
  const light = rgb(color('heat-low'));
  const largest = Math.max(...past.map(({ norms }) => Math.max(...norms[layer]!)));
  scratch.width = columns;
  scratch.height = rows;
  const pixels = new ImageData(columns, rows);
  past.forEach(({ step, norms }, i) => {
    const from = Math.round((step / steps) * (columns - 1));
    const next = past[i + 1];
    const to = next === undefined ? from : Math.round((next.step / steps) * (columns - 1));
    for (let column = from; column <= to; column++) {
      for (let row = 0; row < rows; row++) {
        const norm = norms[layer]![row]!;
        if (norm === 0) continue;
        const share = Math.min(1, norm / largest);
        const at = 4 * (row * columns + column);
        for (let k = 0; k < 3; k++) {
          pixels.data[at + k] = light[k]! + share * (dark[k]! - light[k]!);
        }
        pixels.data[at + 3] = 255;
      }
    }
  });
  const plain = scratch.getContext('2d')!;
  plain.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, width, height);
}

/** The three parts of `rgb(1, 2, 3)`. */
const rgb = (text: string): number[] => (text.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
