import { Controls, Transport } from './controls.tsx';
import { Costs } from './costs.tsx';
import { Finish } from './finish.tsx';
import { HeatMaps } from './heat-maps.tsx';
import { LossChart } from './loss-chart.tsx';
import { Material } from './material.tsx';
import { NetworkDrawing } from './network-drawing.tsx';
import { SampleView } from './sample-view.tsx';
import { latest, phase, sample, settings, trouble } from './state.ts';

/** The page. */
export function App() {
  return (
    <>
      <header class="top">
        <div>
          <h1>Watch it slim</h1>
          <p>
            A recurrent network learns, and gives up the parts of itself that it can do without.
          </p>
        </div>
        <nav aria-label="Pages">
          <a href="./index.html" aria-current="page">
            Watch it slim
          </a>
          <a href="./prune.html">Prune your file</a>
        </nav>
      </header>
      <main>
        <div class="bench">
          <Transport />
          <Controls />
          <p class="visually-hidden" role="status">
            {said()}
          </p>
          {trouble.value !== null && (
            <p class="trouble" role="alert">
              {trouble.value}
            </p>
          )}
        </div>
        <div class="columns">
          <section aria-labelledby="material">
            <h2 id="material">What it learns</h2>
            <Material />
            <h2>
              What it says {sample.value !== null && <small>at step {sample.value.step}</small>}
            </h2>
            <SampleView />
          </section>
          <section class="middle" aria-labelledby="network">
            <h2 id="network">The network</h2>
            <NetworkDrawing />
            <h2>
              Its components{' '}
              <small>a row each, over time; full color is strong, empty is dead</small>
            </h2>
            <HeatMaps />
          </section>
          <section aria-labelledby="costs">
            <h2 id="costs">What it costs</h2>
            <Costs />
            <h2>
              Loss{' '}
              <small>
                {settings.value.task === 'sine' ? 'squared error' : 'cross-entropy, nats'}
              </small>
            </h2>
            <LossChart />
          </section>
        </div>
        <Finish />
      </main>
    </>
  );
}

/** What a person who does not see the pictures should hear, and not at every step. */
function said(): string {
  const now = latest.value;
  if (phase.value === 'preparing') return 'Preparing the network.';
  if (phase.value === 'finished') return 'The training is finished.';
  if (phase.value !== 'running' || now === null) return '';
  const tenth = Math.floor((10 * now.step) / settings.value.steps);
  return tenth === 0 ? 'Training.' : `${tenth} tenths of the steps are done.`;
}
