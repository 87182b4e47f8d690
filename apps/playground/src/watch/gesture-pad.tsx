import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { percent } from '../format.ts';
import { inAddress } from '../settings.ts';
import { drawnGesture, gestureKinds, gesturePoints, type Gesture } from '../tasks/gesture-task.ts';
import { randomNumbers } from '../tasks/random.ts';
import { color } from '../theme.ts';
import { Button } from './fields.tsx';
import { classified, phase, sample, settings } from './state.ts';
import { change, classify } from './trainer.ts';
import { useDrawing, type Sheet } from './use-drawing.ts';

const points = signal<readonly (readonly [number, number])[]>([]);
const shown = signal<Gesture | null>(inAddress(drawnGesture('circle', randomNumbers(1))));

/** Where a person draws: the networks say what they take it for, and it can be learned from. */
export function GesturePad() {
  const canvas = useDrawing(draw, () => [points.value, shown.value]);
  const ready = phase.value !== 'preparing' && phase.value !== 'failed';
  // Asked again as the networks change.
  useEffect(() => {
    if (ready && shown.value !== null) classify(shown.value);
  }, [shown.value, sample.value, ready]);
  const at = (event: PointerEvent): readonly [number, number] => {
    const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const found = classified.value;
  const drawn = settings.value.gestures;
  return (
    <div class="pad">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`A place to draw with mouse or finger${shown.value === null ? '' : `; it shows a gesture`}.`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          shown.value = null;
          points.value = [at(event)];
        }}
        onPointerMove={(event) => {
          if (points.value.length > 0) points.value = [...points.value, at(event)];
        }}
        onPointerUp={() => {
          if (points.value.length > 3) shown.value = gestureOf(points.value);
          points.value = [];
        }}
        onPointerCancel={() => (points.value = [])}
      />
      <div>
        <p class="muted">
          Draw here in one go: {gestureKinds.join(', ')}. Or{' '}
          <Button
            class="link"
            onClick={() => {
              const kind = gestureKinds[Math.floor(gestureKinds.length * Math.random())]!;
              shown.value = inAddress(drawnGesture(kind, Math.random));
            }}
          >
            have one drawn
          </Button>
          .
        </p>
        {shown.value !== null && found !== null && (
          <table class="chances">
            <thead>
              <tr>
                <th scope="col">taken for</th>
                <th scope="col">slim</th>
                <th scope="col">dense</th>
                <th scope="col">
                  <span class="visually-hidden">learn from it</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {gestureKinds.map((kind, i) => (
                <tr key={kind} class={Math.max(...found.now) === found.now[i] ? 'strong' : ''}>
                  <th scope="row">{kind}</th>
                  <td>{percent(found.now[i]!)}</td>
                  <td>{percent(found.dense[i]!)}</td>
                  <td>
                    <Button
                      class="link"
                      onClick={() =>
                        change({ gestures: [...drawn, { ...shown.value!, kind }].slice(-40) })
                      }
                    >
                      learn it<span class="visually-hidden"> as a {kind}</span>
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {drawn.length > 0 && (
          <p class="muted">
            Learns from {drawn.length} of yours among generated ones.{' '}
            <Button class="link" onClick={() => change({ gestures: [] })}>
              Forget them
            </Button>
          </p>
        )}
      </div>
    </div>
  );
}

/** A line as a gesture: as many points as the networks read, evenly along it. */
function gestureOf(line: readonly (readonly [number, number])[]): Gesture {
  const lengths = [0];
  for (let i = 1; i < line.length; i++) {
    const [[x0, y0], [x1, y1]] = [line[i - 1]!, line[i]!];
    lengths.push(lengths[i - 1]! + Math.hypot(x1 - x0, y1 - y0));
  }
  const whole = lengths.at(-1)!;
  const even = Array.from({ length: gesturePoints }, (_, k) => {
    const want = (whole * k) / (gesturePoints - 1);
    const i = Math.max(
      1,
      lengths.findIndex((length) => length >= want),
    );
    const part = (want - lengths[i - 1]!) / (lengths[i]! - lengths[i - 1]! || 1);
    const [[x0, y0], [x1, y1]] = [line[i - 1]!, line[i]!];
    return [x0 + part * (x1 - x0), y0 + part * (y1 - y0)];
  });
  return inAddress({ kind: gestureKinds[0]!, points: even.flat() });
}

function draw({ context, width, height }: Sheet): void {
  const flat = shown.peek()?.points;
  const line =
    flat === undefined
      ? points.peek()
      : Array.from(
          { length: flat.length / 2 },
          (_, i) => [flat[2 * i]!, flat[2 * i + 1]!] as const,
        );
  context.strokeStyle = color('accent');
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.beginPath();
  for (const [x, y] of line) context.lineTo(x * width, y * height);
  context.stroke();
}
