import { join } from 'node:path';
import { backendLine, startBackend, trainInRun } from '@secateur/app';
import type { RunOptions } from '@secateur/app/command';
import { layoutShapes, type Layout, type Weights } from '@secateur/groups';
import { shortEnough } from '../data/examples.ts';
import { loadQuestions } from '../data/load.ts';
import {
  makeVocabularies,
  prepareQuestions,
  questionsDigest,
  vocabularyDigest,
  type Prepared,
  type Vocabularies,
} from '../data/prepare.ts';
import type { AnswerOptions } from '../evaluate.ts';
import { finish } from '../finish.ts';
import { initialWeights } from '../initial.ts';
import { lessonsOf, type Lessons } from '../lessons.ts';
import { fixedVectors, readModel } from '../model-directory.ts';
import { writeRunReport } from '../report.ts';
import type { Result } from '../result.ts';
import { fullLayout } from '../network/of-settings.ts';
import type { Settings } from '../settings.ts';
import { readTeacher, teacherSettings, type TeacherModel } from '../teacher.ts';
import { train } from '../train.ts';

/**
 * Trains, or goes on training, in a run directory and finishes it; a finished run is only read. A teacher of its own is trained
 * first, in the folder `teacher` of the directory.
 */
export async function trainCommand(settings: Settings, options: RunOptions): Promise<Result> {
  const { directory, say } = options;
  const backend = await startBackend({ ...options, backend: settings.backend });
  // The name that was found, not 'auto', belongs to the run: only the same backend goes on with the same bits.
  const resolved = { ...settings, backend: backend.name };
  const first = teacherSettings(resolved);
  const prepare = (): Promise<Everything> => readEverything(resolved, say);
  return trainInRun(resolved, options, prepare, async (run, read) => {
    const folder = join(directory, 'teacher');
    if (first !== null) await trainCommand(first, { ...options, directory: folder });
    const model =
      first === null ? read.teacher : await readTeacher(join(folder, 'model'), read.vocabularies);
    const initial =
      first !== null && resolved.fromTeacher
        ? fitting(model!, fullLayout(resolved, read.sizes), `--teacher ${model!.directory}`)
        : read.initial;
    say(backendLine(backend, directory));
    const fixed = fixedVectors(read.vocabularies);
    const teacher = model && (await learnFrom(model, read.short, { ...resolved, fixed }));
    if (teacher !== undefined)
      say(`the teacher read the questions in ${teacher.seconds.toFixed(0)} s`);
    const vocabularySha256 = vocabularyDigest(read.vocabularies);
    const sizes = { vocabulary: read.sizes, vocabularySha256 };
    const short = { ...read, train: read.short };
    const data = { ...short, ...sizes, sha256: questionsDigest(short), fixed, teacher };
    const trained = await train(run, resolved, data, initial, options);
    fixed?.dispose();
    say('trained; pruning, verifying in a new process and measuring');
    const result = await finish(run, resolved, { ...read, teacher }, trained);
    writeRunReport(directory, result, resolved);
    return result;
  });
}

/** A teacher with what it says of the examples, and the time that this took. */
async function learnFrom(
  model: TeacherModel,
  examples: Prepared['train'],
  options: AnswerOptions,
): Promise<TeacherModel & { readonly lessons: Lessons; readonly seconds: number }> {
  const began = performance.now();
  const lessons = await lessonsOf(model.weights, examples, options);
  return { ...model, lessons, seconds: (performance.now() - began) / 1000 };
}

interface Everything extends Prepared {
  readonly vocabularies: Vocabularies;
  readonly sizes: { readonly words: number; readonly chars: number };
  /** What is short enough to train on. */
  readonly short: Prepared['train'];
  readonly initial: Weights;
  /** The network to learn from, if there is one. */
  readonly teacher: TeacherModel | undefined;
}

async function readEverything(
  settings: Settings,
  say: (line: string) => void,
): Promise<Everything> {
  const questions = loadQuestions(settings.data);
  const start = settings.from === null ? undefined : await readModel(settings.from);
  if (start !== undefined)
    say(`words, characters and given vectors are those of --from ${settings.from}`);
  const vocabularies = start?.vocabularies ?? (await makeVocabularies(questions, settings, say));
  const teacher =
    settings.teacher === null ? undefined : await readTeacher(settings.teacher, vocabularies);
  const { words, characters, vectors } = vocabularies;
  const sizes = { words: words.trained, chars: characters.entries.length };
  const layout = fullLayout(settings, sizes);
  const prepared = prepareQuestions(questions, vocabularies);
  const {
    examples: short,
    longContexts,
    longQuestions,
  } = shortEnough(prepared.train, {
    context: settings.maxContext,
    question: settings.maxQuestion,
  });
  if (short.length === 0) {
    throw new Error(
      `${questions.name}: expected training questions of at most ${settings.maxQuestion} tokens with contexts of at most ${settings.maxContext}, found none; raise --max-context or --max-question.`,
    );
  }
  say(
    `${questions.name}: ${short.length} to train on (${longContexts + longQuestions} are too long), ${prepared.valid.length} to validate, ` +
      `${prepared.test.length} to test; ${words.trained} words and ${sizes.chars} characters to train` +
      `${vectors === undefined ? '' : `, ${vectors.words.length} given vectors`}`,
  );
  const [begun, flag] = settings.fromTeacher
    ? [teacher, `--teacher ${settings.teacher}`]
    : [start, `--from ${settings.from}`];
  const initial =
    begun === undefined ? initialWeights(layout, settings.seed) : fitting(begun, layout, flag);
  return { ...prepared, vocabularies, sizes, short, initial, teacher };
}

/** The weights of a model to start from, if they are of the sizes that the settings say. */
function fitting(
  { weights, layout: found }: { readonly weights: Weights; readonly layout: Layout },
  layout: Layout,
  flag: string,
): Weights {
  const wrong = Object.entries(layoutShapes(layout)).find(
    ([name, shape]) => weights[name]?.shape.join() !== shape.join(),
  );
  if (wrong === undefined) return weights;
  const [name, shape] = wrong;
  throw new Error(
    `${flag}: expected weight "${name}" [${shape.join(', ')}], found ${weights[name] === undefined ? 'none' : `[${weights[name].shape.join(', ')}]`}; give the dense folder of a run of the same preset and sizes (${Object.entries(
      found.dims,
    )
      .map(([dim, size]) => `${dim} ${size}`)
      .join(', ')}).`,
  );
}
