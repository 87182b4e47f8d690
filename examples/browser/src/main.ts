import type { BackendName } from '@secateur/backend';
import { startBackend } from './backend.ts';
import { trainAndPrune } from './train.ts';

const find = <T extends Element>(id: string): T => document.getElementById(id) as unknown as T;
const state = find<HTMLElement>('state');
const line = find<SVGPolylineElement>('line');
const button = find<HTMLButtonElement>('start');

function say(text: string, failed = false): void {
  state.textContent = text;
  state.classList.toggle('failed', failed);
}

/** Draws the losses from 0 to the first one's height. */
function draw(losses: readonly number[], steps: number): void {
  const top = Math.max(...losses);
  const points = losses.map(
    (loss, i) => `${(600 * i) / Math.max(1, steps - 1)},${155 - (150 * loss) / top}`,
  );
  line.setAttribute('points', points.join(' '));
}

async function run(name: BackendName, steps: number): Promise<void> {
  find<HTMLElement>('layers').replaceChildren();
  find<HTMLOutputElement>('difference').value = 'not known yet';
  say('Starting ...');
  const { name: started, features } = await startBackend(name);
  const losses: number[] = [];
  const { layers, difference } = await trainAndPrune(steps, (loss) => {
    losses.push(loss);
    draw(losses, steps);
    say(`Step ${losses.length} of ${steps} on ${started}: loss ${loss.toFixed(4)}`);
  });
  for (const { name: layer, before, kept } of layers) {
    const row = document.createElement('tr');
    row.append(
      ...[layer, String(before), String(kept)].map((text) => {
        const cell = document.createElement('td');
        cell.textContent = text;
        return cell;
      }),
    );
    find<HTMLElement>('layers').append(row);
  }
  find<HTMLOutputElement>('difference').value = String(difference);
  const threads = features['threads'] === undefined ? '' : `, ${features['threads']} threads`;
  say(
    `Done on ${started}${threads}: loss ${losses[0]!.toFixed(4)} before, ${losses.at(-1)!.toFixed(4)} after.`,
  );
}

find<HTMLFormElement>('form').addEventListener('submit', (event) => {
  event.preventDefault();
  button.disabled = true;
  const backend = find<HTMLSelectElement>('backend').value as BackendName;
  run(backend, Number(find<HTMLInputElement>('steps').value))
    .catch((error: unknown) => say(error instanceof Error ? error.message : String(error), true))
    .finally(() => (button.disabled = false));
});
