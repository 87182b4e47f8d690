import { useState } from 'preact/hooks';
import { percent, tiny, whole } from '../format.ts';
import type { Format } from '../training/messages.ts';
import { codeFor } from '../code/code.ts';
import { Button } from './fields.tsx';
import { latest, report, settings } from './state.ts';
import { download } from './trainer.ts';

const formats: readonly (readonly [Format, string, string])[] = [
  ['safetensors', 'safetensors', 'weights with their layout'],
  ['layers-model', 'tf.LayersModel', 'model.json and weights, zipped'],
  ['onnx', 'ONNX', 'for any ONNX runtime'],
  ['check', 'check.json', 'an input and what it gives here'],
];

/** What came of it, to take away. */
export function Finish() {
  const found = report.value;
  const now = latest.value;
  if (found === null || now === null) return null;
  const { macs } = found;
  const { cell, task } = settings.value;
  // A step model of a Recurrent Highway Network takes words.
  const without = cell === 'rhn' && (task === 'sine' || task === 'gestures');
  return (
    <section class="finish" aria-labelledby="finish">
      <h2 id="finish">Yours to keep</h2>
      <p>
        An ordinary dense network that does <strong>{percent(macs.after / macs.before)}</strong> of
        the work: {whole(macs.after)} multiply-adds in place of {whole(macs.before)}. The largest
        difference that removing its dead components made to any output:{' '}
        <strong id="difference">{tiny(now.difference)}</strong>.
      </p>
      <ul class="downloads">
        {formats.map(([format, name, what]) => (
          <li key={format}>
            <Button
              disabled={without && format === 'layers-model'}
              onClick={() => download(format)}
            >
              <strong>{name}</strong>
              <span>
                {without && format === 'layers-model'
                  ? 'TensorFlow.js has no such layer for numbers'
                  : what}
              </span>
            </Button>
          </li>
        ))}
      </ul>
      <Code />
    </section>
  );
}

function Code() {
  const [said, setSaid] = useState('Copy');
  const [open, setOpen] = useState(false);
  const code = open ? codeFor(settings.value) : '';
  return (
    <details class="code" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The code that does the same</summary>
      <p class="actions">
        <span class="muted">
          A file for Node: save it as <code>train.ts</code>, and run what its first lines say.
        </span>
        <Button
          onClick={() => {
            navigator.clipboard.writeText(code).then(
              () => setSaid('Copied'),
              () => setSaid('Not allowed here: select it'),
            );
          }}
        >
          {said}
        </Button>
      </p>
      {/* A scrolling region is reached by the keyboard. */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </details>
  );
}
