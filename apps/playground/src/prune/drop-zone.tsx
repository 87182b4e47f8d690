import { useRef, useState } from 'preact/hooks';
import { give, opened, reading } from './state.ts';

/** Where files are dropped, or chosen. */
export function DropZone() {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <div
      class={`drop${over ? ' over' : ''}${opened.value === null ? '' : ' small'}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void give([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <p>
        <button type="button" class="play" onClick={() => input.current!.click()}>
          {reading.value ? 'Reading …' : opened.value === null ? 'Choose a file' : 'Another file'}
        </button>{' '}
        <span>or drop it here</span>
      </p>
      <p class="muted">
        ONNX, safetensors (PyTorch, Keras, Secateur), or <code>model.json</code> together with its
        weights. It stays in this page: nothing is uploaded.
      </p>
      <input
        ref={input}
        type="file"
        multiple
        accept=".onnx,.safetensors,.json,.bin"
        aria-label="The file to prune"
        class="visually-hidden"
        tabIndex={-1}
        onChange={({ currentTarget }) => {
          void give([...(currentTarget.files ?? [])]);
          // The same file may be given again.
          currentTarget.value = '';
        }}
      />
    </div>
  );
}
