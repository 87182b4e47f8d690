import { dispose, keep, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { weightTensors, type NamedStates } from '@secateur/cells';
import type { Weights } from '@secateur/groups';
import { fetchVariables } from '@secateur/pruner/tfjs';
import { stepsOf, type Gesture } from '../tasks/gesture-task.ts';
import { randomNumbers } from '../tasks/random.ts';
import type { Classified, Sample } from './messages.ts';
import { inputOf, outputsOf, type Session } from './session.ts';

/** Asks the network, and the dense one, for a sample. */
export async function sampleOf(session: Session): Promise<Sample> {
  const { task } = session;
  const now = await fetchVariables(session.training.variables);
  const dense = await fetchVariables(session.dense.variables);
  if (task.symbols !== undefined) {
    const { joint, given } = promptOf(session);
    const write = (weights: Weights): Promise<string> => writeText(session, weights, given);
    return {
      ...{ kind: 'text', given: given.map((id) => task.symbols![id]!).join(joint) },
      ...{ now: await write(now), dense: await write(dense) },
    };
  }
  if (task.classes === undefined) {
    const { steps, validation } = task;
    const truth = Float32Array.from(validation.x.subarray(0, steps));
    const given = Math.round(steps / 3);
    const go = (weights: Weights): Promise<Float32Array> =>
      continueSeries(session, weights, truth, given);
    return { kind: 'series', given, truth, now: await go(now), dense: await go(dense) };
  }
  return {
    kind: 'gestures',
    accuracy: await accuracyOf(session, now),
    denseAccuracy: await accuracyOf(session, dense),
  };
}

/** What the networks take a gesture for. */
export async function classify(session: Session, gesture: Gesture): Promise<Classified> {
  const ask = async (weights: Weights): Promise<number[]> => {
    const tensors = weightTensors(weights);
    const { task, sized } = session;
    const logits = tidy(() => sized.net.apply(tensors, inputOf(task, stepsOf(gesture))).outputs);
    const classes = task.classes!.length;
    const last = [...(await logits.data())].slice(-classes);
    dispose([logits, ...Object.values(tensors)]);
    return softmax(last);
  };
  const now = await ask(await fetchVariables(session.training.variables));
  return { now, dense: await ask(await fetchVariables(session.dense.variables)) };
}

/** The first symbols of the validation text, which a sample goes on from. */
function promptOf({ task, settings }: Session): { joint: string; given: number[] } {
  const [count, joint] = settings.task === 'words' ? [4, ' '] : [12, ''];
  return { joint, given: [...task.validation.x.subarray(0, count)] };
}

async function writeText(
  session: Session,
  weights: Weights,
  given: readonly number[],
): Promise<string> {
  const { task, settings } = session;
  const [length, joint, temperature] = settings.task === 'words' ? [24, ' ', 0.8] : [110, '', 0.5];
  const random = randomNumbers(settings.seed, 7);
  const unknown = task.symbols!.indexOf('…');
  const written: number[] = [];
  await walk(session, weights, given.length + length - 1, (step, logits) => {
    if (step < given.length) return given[step]!;
    const chances = softmax(Array.from(logits!, (value) => value / temperature));
    if (unknown >= 0) chances[unknown] = 0;
    const next = draw(chances, random());
    written.push(next);
    return next;
  });
  return written.map((id) => task.symbols![id]!).join(joint);
}

async function continueSeries(
  session: Session,
  weights: Weights,
  truth: Float32Array,
  given: number,
): Promise<Float32Array> {
  const values = Float32Array.from(truth);
  await walk(session, weights, truth.length - 1, (step, outputs) => {
    if (step >= given) values[step] = outputs![0]!;
    return values[step]!;
  });
  return values;
}

/** Runs step by step: `next` hears the outputs of the step before and says what is read. It hears those of the last one too. */
async function walk(
  { sized, task }: Session,
  weights: Weights,
  steps: number,
  next: (step: number, outputs: ArrayLike<number> | null) => number,
): Promise<void> {
  const tensors = weightTensors(weights);
  let state: NamedStates | undefined;
  let outputs: ArrayLike<number> | null = null;
  for (let step = 0; step < steps; step++) {
    const value = next(step, outputs);
    const before: NamedStates | undefined = state;
    const y: Tensor = tidy(() => {
      const x =
        task.symbols === undefined ? tensor([value], [1, 1, 1]) : tensor([value], [1, 1], 'int32');
      const applied = sized.net.apply(tensors, x, before === undefined ? {} : { state: before });
      state = Object.fromEntries(
        Object.entries(applied.state).map(([name, each]) => [name, keep(each)]),
      );
      return applied.outputs;
    });
    outputs = await y.data();
    dispose([y, ...Object.values(before ?? {})]);
  }
  next(steps, outputs);
  dispose([...Object.values(state ?? {}), ...Object.values(tensors)]);
}

async function accuracyOf(session: Session, weights: Weights): Promise<number> {
  const { task } = session;
  const outputs = await outputsOf(session, weights);
  const classes = task.classes!.length;
  let right = 0;
  for (let row = 0; row < task.rows; row++) {
    const end = ((row + 1) * task.steps - 1) * classes;
    const last = [...outputs.subarray(end, end + classes)];
    if (last.indexOf(Math.max(...last)) === task.validation.y[row * task.steps]) right++;
  }
  return right / task.rows;
}

function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function draw(chances: readonly number[], at: number): number {
  let left = at * chances.reduce((a, b) => a + b, 0);
  for (const [i, chance] of chances.entries()) {
    left -= chance;
    if (left < 0) return i;
  }
  return chances.indexOf(Math.max(...chances));
}
