import { percent } from '../format.ts';
import { color } from '../theme.ts';
import type { Sample } from '../training/messages.ts';
import { GesturePad } from './gesture-pad.tsx';
import { sample, settings } from './state.ts';
import { useDrawing, type Sheet } from './use-drawing.ts';

/** What the network says now, beside the dense one. */
export function SampleView() {
  const found = sample.value;
  if (settings.value.task === 'gestures') {
    return (
      <>
        {found?.sample.kind === 'gestures' && <Accuracies sample={found.sample} />}
        <GesturePad />
      </>
    );
  }
  if (found === null) {
    return <p class="muted">Nothing yet: start the training, and it is asked now and then.</p>;
  }
  if (found.sample.kind === 'series') return <Series sample={found.sample} />;
  return found.sample.kind === 'text' ? <Texts sample={found.sample} /> : null;
}

function Texts({
  sample: { given, now, dense },
}: {
  readonly sample: Extract<Sample, { kind: 'text' }>;
}) {
  const joint = settings.value.task === 'words' ? ' ' : '';
  return (
    <div class="texts">
      {[
        ['now', 'slim', now],
        ['dense', 'dense', dense],
      ].map(([kind, name, text]) => (
        <figure key={kind} class={kind}>
          <figcaption class={`key ${kind}`}>{name}</figcaption>
          <blockquote>
            <span class="muted">{given + joint}</span>
            {text}
          </blockquote>
        </figure>
      ))}
    </div>
  );
}

function Series({ sample: found }: { readonly sample: Extract<Sample, { kind: 'series' }> }) {
  const canvas = useDrawing(drawSeries, () => sample.value);
  const { given, truth, now, dense } = found;
  const error = (values: Float32Array): string => {
    const rest = values.subarray(given);
    const sum = rest.reduce((total, value, i) => total + (value - truth[given + i]!) ** 2, 0);
    return Math.sqrt(sum / rest.length).toFixed(3);
  };
  return (
    <figure class="chart series">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`After ${given} given values the networks go on alone. Their errors: slim ${error(now)}, dense ${error(dense)}.`}
      />
      <figcaption class="legend">
        <span class="key now">slim, error {error(now)}</span>
        <span class="key dense">dense, error {error(dense)}</span>
        <span class="key faint">the truth</span>
      </figcaption>
    </figure>
  );
}

function drawSeries({ context, width, height }: Sheet): void {
  const found = sample.peek()?.sample;
  if (found?.kind !== 'series') return;
  const { given, truth } = found;
  const x = (i: number): number => (i / (truth.length - 1)) * width;
  const line = (values: Float32Array, from: number, stroke: string, thick: number): void => {
    context.strokeStyle = stroke;
    context.lineWidth = thick;
    context.beginPath();
    for (let i = from; i < values.length; i++) {
      context.lineTo(x(i), height * (0.5 - 0.42 * values[i]!));
    }
    context.stroke();
  };
  context.fillStyle = color('panel');
  context.fillRect(0, 0, x(given), height);
  line(truth, 0, color('faint'), 1.5);
  line(found.dense, given, color('dense'), 2);
  line(found.now, given, color('accent'), 2.5);
}

function Accuracies({
  sample: { accuracy, denseAccuracy },
}: {
  readonly sample: Extract<Sample, { kind: 'gestures' }>;
}) {
  return (
    <p class="legend">
      <span class="key now">slim: {percent(accuracy)} right</span>
      <span class="key dense">dense: {percent(denseAccuracy)} right</span>
    </p>
  );
}
