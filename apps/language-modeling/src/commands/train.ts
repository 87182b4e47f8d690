import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { backendLine, startBackend, trainInRun } from '@secateur/app';
import type { RunOptions } from '@secateur/app/command';
import { loadCorpus, type Corpus } from '../data/corpus.ts';
import { finish } from '../finish.ts';
import { writeRunReport } from '../report.ts';
import type { Result } from '../result.ts';
import type { Settings } from '../settings.ts';
import { finishedStart, startOf, type Start } from '../start.ts';
import { readTeacher, teacherSettings, type Teacher } from '../teacher.ts';
import { checkTexts, train } from '../train.ts';

/**
 * Trains, or goes on training, in a run directory and finishes it; a finished run is only read. A teacher of its own is trained
 * first, in the folder `teacher` of the directory.
 */
export async function trainCommand(settings: Settings, options: RunOptions): Promise<Result> {
  const { directory, say } = options;
  const backend = await startBackend({ ...options, backend: settings.backend });
  // The name that was found, not 'auto', belongs to the run: only the same backend goes on with the same bits.
  const named = { ...settings, backend: backend.name };
  const isFinished = existsSync(join(directory, 'result.json'));
  let start = isFinished ? finishedStart(named, directory) : await startOf(named);
  const resolved = start.settings;
  const first = teacherSettings(resolved);
  let teacher = null as Teacher | null;
  const prepare = async (): Promise<Corpus> => {
    const corpus = await readTexts(resolved, start.words);
    teacher = await readTeacher(resolved, corpus.vocabulary.words);
    return corpus;
  };
  try {
    return await trainInRun(resolved, options, prepare, async (run, corpus) => {
      const { words } = corpus.vocabulary;
      if (first !== null) {
        const folder = join(directory, 'teacher');
        await trainCommand(first, { ...options, directory: folder });
        const taught = { ...resolved, teacher: join(folder, 'model') };
        teacher = await readTeacher(taught, words);
        if (resolved.fromTeacher) start = await startOf(taught);
      }
      say(
        `${corpus.name}: ${corpus.train.length} words to train on, ${corpus.valid.length} to validate, ${corpus.test.length} to test, vocabulary ${words.length}`,
      );
      say(backendLine(backend, directory));
      if (teacher !== null) {
        const { share, temperature } = teacher;
        const more = resolved.fromTeacher ? ', and the weights to start from' : '';
        say(
          `teacher ${teacher.directory}: ${share} of the loss, temperature ${temperature}${more}`,
        );
      }
      const trained = await train(run, resolved, corpus, start, teacher, options);
      say('trained; pruning, verifying in a new process and measuring');
      const { history } = start;
      const result = await finish(run, resolved, corpus, trained, { history, teacher });
      writeRunReport(directory, result, resolved);
      return result;
    });
  } finally {
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
