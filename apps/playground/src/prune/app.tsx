import { bytes, whole } from '../format.ts';
import { DropZone } from './drop-zone.tsx';
import { Norms } from './norms.tsx';
import { Result, Target } from './result.tsx';
import { macs, opened, table, trouble } from './state.ts';

/** The page. */
export function App() {
  const model = opened.value;
  return (
    <>
      <header class="top">
        <div>
          <h1>Prune your file</h1>
          <p>Makes the LSTMs and GRUs in a trained file smaller, here in this page.</p>
        </div>
        <nav aria-label="Pages">
          <a href="./index.html">Watch it slim</a>
          <a href="./prune.html" aria-current="page">
            Prune your file
          </a>
        </nav>
      </header>
      <main>
        <DropZone />
        {trouble.value !== null && (
          <p class="trouble" role="alert">
            {trouble.value}
            {model !== null && ` ${model.name} is still here.`}
          </p>
        )}
        {model !== null && (
          <div class="columns two">
            <section aria-labelledby="inside">
              <h2 id="inside">
                What is in it{' '}
                <small>
                  {model.name}, {model.title}, {bytes(model.bytes)}, {whole(macs.value)}{' '}
                  multiply-adds a step
                </small>
              </h2>
              <Norms />
              {model.notes.length > 0 && (
                <ul class="notes">
                  {model.notes.map((note) => (
                    <li key={note}>{note}</li>
                  ))}
                </ul>
              )}
              <details>
                <summary>All weights</summary>
                {/* A scrolling region is reached by the keyboard. */}
                <pre tabIndex={0}>{table.value}</pre>
              </details>
            </section>
            <section aria-labelledby="smaller">
              <h2 id="smaller">Make it smaller</h2>
              {model.dims.length > 0 ? (
                <>
                  <Target />
                  <Result />
                </>
              ) : (
                <p>Nothing in this file can be pruned.</p>
              )}
            </section>
          </div>
        )}
      </main>
    </>
  );
}
