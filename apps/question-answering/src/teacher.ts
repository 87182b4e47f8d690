import { digestOf } from '@secateur/app';
import { presetOf } from '@secateur/app/command';
import { shown } from '@secateur/input';
import type { Layout, Weights } from '@secateur/groups';
import type { Vocabularies } from './data/prepare.ts';
import { readModel } from './model-directory.ts';
import { presets } from './presets.ts';
import { checkSettings, type Settings } from './settings.ts';

/** A trained network of which another one learns. */
export interface TeacherModel {
  /** Its model folder. */
  readonly directory: string;
  readonly weights: Weights;
  readonly layout: Layout;
  /** Of its weights, in hexadecimal: a run goes on with no other teacher. */
  readonly sha256: string;
}

/**
 * The settings of the teacher that a run trains for itself: those of its preset, with the questions, the vocabulary, the backend
 * and the seed of the run, its width of words if their vectors are given, and all of its sizes if the run starts from the teacher.
 * Null when the run trains none.
 *
 * @throws Error when there is no such preset.
 */
export function teacherSettings(settings: Settings): Settings | null {
  const { teacherPreset, data, glove, vectors, backend, seed, minWords, minChars } = settings;
  const { word, char, filters, units } = settings;
  if (teacherPreset === null) return null;
  const preset = presetOf(presets, teacherPreset, 'teacher-preset');
  return checkSettings({
    ...{ ...preset, ...((glove ?? vectors) !== null && { word }) },
    ...(settings.fromTeacher && { word, char, filters, units }),
    ...{ data, glove, vectors, backend, seed, minWords, minChars },
  });
}

/**
 * Reads the model of `--teacher`, of whatever sizes.
 *
 * @throws Error when there is no model, or when its words, characters or given vectors are not the run's: an id would mean another
 * word to it.
 */
export async function readTeacher(directory: string, run: Vocabularies): Promise<TeacherModel> {
  const { weights, layout, vocabularies } = await readModel(directory);
  const found = lists(vocabularies);
  for (const [kind, expected] of Object.entries(lists(run))) {
    requireSame(directory, kind, found[kind as keyof typeof found], expected);
  }
  const [teacherVectors, expectedVectors] = [vocabularies.vectors?.values, run.vectors?.values];
  if (expectedVectors?.some((value, place) => value !== teacherVectors![place]) === true) {
    throw new Error(
      `--teacher ${directory}: expected the vectors of this run's --glove or --vectors, found others for the same words; give a model that was trained with the same.`,
    );
  }
  return { directory, weights, layout, sha256: digestOf(weights) };
}

/** What has to be the same, entry by entry. */
const lists = ({ words: { entries, trained }, characters }: Vocabularies) => ({
  'trained word': entries.slice(0, trained),
  'word with a given vector': entries.slice(trained),
  character: characters.entries,
});

function requireSame(
  directory: string,
  kind: string,
  found: readonly string[],
  expected: readonly string[],
): void {
  const length = Math.max(found.length, expected.length);
  for (let place = 0; place < length; place++) {
    if (found[place] === expected[place]) continue;
    const name = (list: readonly string[]) =>
      place < list.length ? shown(list[place]) : `none, as there are ${list.length}`;
    throw new Error(
      `--teacher ${directory}: expected the vocabulary of this run, whose ${kind} ${place + 1} is ${name(expected)}, found ${name(found)}; ` +
        `give a model that was trained with the same --data, --glove or --vectors, --min-words and --min-chars, or start with --from that model.`,
    );
  }
}
