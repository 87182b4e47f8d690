import { whole } from '../format.ts';
import { choices } from '../settings.ts';
import { Button, Choice } from './fields.tsx';
import { hasWebgpu, latest, phase, runsOn, settings } from './state.ts';
import { change, pause, reset, run, stepOnce } from './trainer.ts';

const cells = { lstm: 'LSTM', gru: 'GRU', rhn: 'RHN' };
const tasks = {
  characters: 'Characters of a text',
  words: 'Words of speeches',
  sine: 'A mixture of sines',
  gestures: 'Drawn gestures',
};

/** Starts, pauses, steps and resets the training. */
export function Transport() {
  const now = phase.value;
  const running = now === 'running';
  const over = now === 'finished' || now === 'failed' || now === 'preparing';
  const step = latest.value?.step ?? 0;
  return (
    <div class="transport">
      <Button class="play" disabled={over} onClick={running ? pause : run}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          {running ? <path d="M7 5h4v14H7zM13 5h4v14h-4z" /> : <path d="M8 5l11 7-11 7z" />}
        </svg>
        {running ? 'Pause' : now === 'finished' ? 'Done' : step === 0 ? 'Start' : 'Go on'}
      </Button>
      <Button disabled={over || running} onClick={stepOnce}>
        Step
      </Button>
      <Button disabled={now === 'preparing'} onClick={reset}>
        Reset
      </Button>
      <p class="count">
        <span class="muted">step</span> <strong>{whole(step)}</strong>
        <span class="muted">
          {' '}
          of {whole(settings.value.steps)}
          {runsOn.value !== '' && `, on ${runsOn.value}`}
        </span>
      </p>
    </div>
  );
}

/** What is trained, and how. */
export function Controls() {
  const { cell, layers, units, task, backend, steps, seed, keep, lambda } = settings.value;
  /** The numbers to choose from, with the one that an address may have brought. */
  const among = (values: readonly number[], mine: number): [number, string][] =>
    [...new Set([...values, mine])].sort((a, b) => a - b).map((each) => [each, whole(each)]);
  return (
    <form class="controls" onSubmit={(event) => event.preventDefault()} aria-label="The training">
      <Choice
        name="Learns"
        value={task}
        options={choices.task.map((each) => [each, tasks[each]])}
        onChange={(each) => change({ task: each })}
      />
      <Choice
        name="Cell"
        value={cell}
        options={choices.cell.map((each) => [each, cells[each]])}
        onChange={(each) => change({ cell: each })}
      />
      <Choice
        name="Layers"
        value={layers}
        options={among(choices.layers, layers)}
        onChange={(each) => change({ layers: each })}
      />
      <Choice
        name="Units"
        value={units}
        options={among(choices.units, units)}
        onChange={(each) => change({ units: each })}
      />
      <Choice
        name="Slims by"
        value={keep === null ? 'lambda' : 'budget'}
        options={[
          ['budget', 'a budget'],
          ['lambda', 'λ, by hand'],
        ]}
        onChange={(each) => change({ keep: each === 'budget' ? 40 : null })}
      />
      {keep === null ? (
        <label class="field slider">
          <span>
            Strength <output>λ = {lambda}</output>
          </span>
          <input
            type="range"
            min="0"
            max="1.7"
            step="0.1"
            value={Math.log10(lambda || 1)}
            aria-valuetext={`lambda ${lambda}`}
            onChange={({ currentTarget }) =>
              change({ lambda: Number((10 ** Number(currentTarget.value)).toPrecision(2)) })
            }
          />
        </label>
      ) : (
        <label class="field slider">
          <span>
            Keep <output>{keep} % of the work</output>
          </span>
          <input
            type="range"
            min="10"
            max="100"
            step="5"
            value={keep}
            aria-valuetext={`${keep} % of the work`}
            onChange={({ currentTarget }) => change({ keep: Number(currentTarget.value) })}
          />
        </label>
      )}
      <Choice
        name="Steps"
        value={steps}
        options={among(choices.steps, steps)}
        onChange={(each) => change({ steps: each })}
      />
      <label class="field seed">
        <span>Seed</span>
        <input
          type="number"
          min="0"
          max={2 ** 31 - 1}
          step="1"
          value={seed}
          onChange={({ currentTarget }) => {
            const value = Math.round(Number(currentTarget.value));
            if (value >= 0 && value < 2 ** 31) change({ seed: value });
            else currentTarget.value = String(seed);
          }}
        />
      </label>
      <Choice
        name="Runs on"
        value={backend}
        options={[
          ['wasm', 'WASM'],
          [
            'webgpu',
            hasWebgpu.value ? 'WebGPU' : 'WebGPU (none here)',
            !hasWebgpu.value && backend !== 'webgpu',
          ],
        ]}
        onChange={(each) => change({ backend: each })}
      />
    </form>
  );
}
