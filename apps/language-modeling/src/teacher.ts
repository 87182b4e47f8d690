import { dispose, keep, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { digestOf } from '@secateur/app';
import { presetOf } from '@secateur/app/command';
import type { Layout } from '@secateur/groups';
import { type NamedTensors, type NamedStates, weightTensors } from '@secateur/cells';
import { readModel } from './model-directory.ts';
import type { LanguageModel } from './network/network.ts';
import { networkOf } from './network/networks.ts';
import { keepState } from './network/state.ts';
import { presets } from './presets.ts';
import { checkSettings, sizesIn, type Settings } from './settings.ts';

/** A trained network from whose probabilities another one learns. It is only read: no gradient, no dropout. */
export interface Teacher {
  /** Its model folder. */
  readonly directory: string;
  readonly network: LanguageModel;
  readonly layout: Layout;
  readonly weights: NamedTensors;
  /** SHA-256 of its architecture and weights. */
  readonly digest: string;
  /** Part of the loss that comes from it. */
  readonly share: number;
  /** What the logits of both networks are divided by before the softmax of that part. */
  readonly temperature: number;
  /** A state of zeros. Its names begin with `teacher/`, so that it can be carried with the student's. */
  zeroState(batch: number): NamedStates;
  /**
   * Reads words `[batch, steps]`, a window of the training text, from the state that it finds among the carried one. Gives the
   * logits of the next words, `[batch * steps, vocab]`, and its state after the last step; both are the caller's to dispose.
   */
  read(
    words: Tensor2D,
    carried: NamedStates,
    window: number,
  ): { readonly logits: Tensor2D; readonly state: NamedStates };
  /** Frees its weights. */
  dispose(): void;
}

const PREFIX = 'teacher/';

/**
 * The settings of the teacher that a run trains for itself: those of its preset, with the text, the vocabulary, the backend and
 * the seed of the run, and its sizes if the run starts from the teacher. Null when the run trains none.
 *
 * @throws Error when there is no such preset, or when the run cannot start from a network of its cell.
 */
export function teacherSettings(settings: Settings): Settings | null {
  const { teacherPreset, data, fromYear, maxVocab, backend, seed } = settings;
  if (teacherPreset === null) return null;
  const preset = presetOf(presets, teacherPreset, 'teacher-preset');
  if (settings.fromTeacher && preset.cell !== settings.cell) {
    throw new Error(
      `--teacher-preset: expected a preset of cell ${settings.cell} beside --from-teacher, found ${teacherPreset} of cell ${preset.cell}; choose one of that cell.`,
    );
  }
  const sizes = settings.fromTeacher ? sizesIn(settings) : {};
  return checkSettings({ ...preset, ...sizes, ...{ data, fromYear, maxVocab, backend, seed } });
}

/**
 * Reads the teacher that the settings name; null when they name none. Its cell and sizes need not be the student's.
 *
 * @throws Error when the folder holds no model of this example, or one whose vocabulary is not exactly `words`.
 */
export async function readTeacher(
  settings: Settings,
  words: readonly string[],
): Promise<Teacher | null> {
  const { teacher: directory, share, temperature } = settings;
  if (directory === null) return null;
  const model = await readModel(directory);
  checkVocabulary(directory, model.vocabulary.words, words);
  const network = networkOf(model.architecture);
  const weights = weightTensors(model.weights);
  return {
    ...{ directory, network, weights, layout: model.layout },
    // Where its text lies says nothing of what it teaches.
    digest: digestOf(model.weights, { ...model.architecture, data: undefined }),
    share,
    temperature,
    zeroState: (batch) => withPrefix(network.net.zeroState(weights, batch)),
    read(input, carried) {
      let state: NamedStates = {};
      const logits = tidy(() => {
        const result = network.forward(weights, input, withoutPrefix(carried));
        state = withPrefix(keepState(result.state));
        return keep(result.logits);
      });
      return { logits, state };
    },
    dispose() {
      dispose(weights);
    },
  };
}

function checkVocabulary(
  directory: string,
  found: readonly string[],
  expected: readonly string[],
): void {
  const length = Math.max(found.length, expected.length);
  let id = 0;
  while (id < length && found[id] === expected[id]) id++;
  if (id === length) return;
  const [teacherWord, studentWord] = [found[id], expected[id]].map((word) =>
    word === undefined ? 'missing' : JSON.stringify(word),
  );
  throw new Error(
    `--teacher ${directory}: expected the ${expected.length} words of the student's vocabulary in the same order, found ${found.length} words, ` +
      `of which word ${id + 1} is ${teacherWord}, where the student's is ${studentWord}; train the teacher on the same --data with the same --max-vocab and --from-year.`,
  );
}

const withPrefix = (state: NamedStates): NamedStates =>
  Object.fromEntries(Object.entries(state).map(([name, each]) => [`${PREFIX}${name}`, each]));

const withoutPrefix = (carried: NamedStates): NamedStates =>
  Object.fromEntries(
    Object.entries(carried).flatMap(([name, each]) =>
      name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), each] as const] : [],
    ),
  );
