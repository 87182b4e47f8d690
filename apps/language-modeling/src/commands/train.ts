import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startBackend } from '@secateur/app';
import { openRun, type Run } from '@secateur/training';
import { loadCorpus, type Corpus } from '../data/corpus.ts';
import { finish } from '../finish.ts';
import { writeRunReport } from '../report.ts';
import type { Result } from '../result.ts';
import type { Settings } from '../settings.ts';
import { startOf, type Start } from '../start.ts';
import { readTeacher, teacherSettings } from '../teacher.ts';
import { checkTexts, train } from '../train.ts';

/** Where and how {@link trainCommand} trains, beside the settings. */
interface TrainCommandOptions {
  readonly directory: string;
  readonly checkpointEvery: number;
  readonly silent: boolean;
  readonly threads?: number | undefined;
  readonly say: (line: string) => void;
}

/**
 * Trains, or goes on training, in a run directory and finishes it; a finished run is only read. A teacher of its own is trained
 * first, in the folder `teacher` of the directory.
 */
export async function trainCommand(
  settings: Settings,
  options: TrainCommandOptions,
): Promise<Result> {
  const { directory, say } = options;
  const backend = await startBackend({ ...options, backend: settings.backend });
  // The name that was found, not 'auto', belongs to the run: only the same backend goes on with the same bits.
  let start = await startOf({ ...settings, backend: backend.name });
  const resolved = start.settings;
  // A text that does not fit is found before the run directory is made; a finished run needs no text.
  const finished = existsSync(join(directory, 'result.json'));
  const corpus = finished ? undefined : await readTexts(resolved, start.words);
  const words = corpus?.vocabulary.words ?? [];
  const first = teacherSettings(resolved);
  let teacher = corpus && resolved.teacher ? await readTeacher(resolved, words) : null;
  let run: Run | undefined;
  try {
    run = openRun({ directory, config: resolved });
    if (corpus === undefined) {
      say(`${directory} is finished; remove it or give another --run to train again.`);
      return run.readResult() as Result;
    }
    if (first !== null) {
      const own = join(directory, 'teacher');
      await trainCommand(first, { ...options, directory: own });
      const taught = { ...resolved, teacher: join(own, 'model') };
      teacher = await readTeacher(taught, words);
      if (resolved.fromTeacher) start = await startOf(taught);
    }
    say(
      `${corpus.name}: ${corpus.train.length} words to train on, ${corpus.valid.length} to validate, ${corpus.test.length} to test, vocabulary ${words.length}`,
    );
    const features = Object.entries(backend.features).map(([name, value]) => `; ${name}: ${value}`);
    say(
      `backend ${backend.name} (${backend.reason}${features.join('')}); run directory ${directory}`,
    );
    if (teacher !== null) {
      const { share, temperature } = teacher;
      const more = resolved.fromTeacher ? ', and the weights to start from' : '';
      say(`teacher ${teacher.directory}: ${share} of the loss, temperature ${temperature}${more}`);
    }
    const trained = await train(run, resolved, corpus, start, teacher, options);
    say('trained; pruning, verifying in a new process and measuring');
    const result = await finish(run, resolved, corpus, trained, {
      history: start.history,
      teacher,
    });
    writeRunReport(directory, result, resolved);
    run.writeResult(result);
    return result;
  } finally {
    run?.close();
    teacher?.dispose();
  }
}

async function readTexts(settings: Settings, words: Start['words']): Promise<Corpus> {
  const corpus = await loadCorpus({
    directory: settings.data ?? undefined,
    fromYear: settings.fromYear,
    maxVocab: settings.maxVocab ?? undefined,
    words,
  });
  checkTexts(corpus, settings);
  return corpus;
}
