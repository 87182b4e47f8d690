import { openRun } from '@secateur/training';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { loadCorpus } from '../../../apps/language-modeling/src/data/corpus.ts';
import { finish } from '../../../apps/language-modeling/src/finish.ts';
import type { Settings } from '../../../apps/language-modeling/src/settings.ts';
import { startOf } from '../../../apps/language-modeling/src/start.ts';
import { train } from '../../../apps/language-modeling/src/train.ts';
import { verifyRun } from '../../../apps/language-modeling/src/verify.ts';
import { startAny } from '../backend.ts';
import type { Job, Prepared } from '../process/job.ts';

/** Makes a run of the language-modeling example ready; a round is the whole of its training, from the seed's weights. */
export async function prepare(settings: Settings, { threads }: Job): Promise<Prepared> {
  const facts = await startAny('ours', threads);
  const corpus = await loadCorpus({
    fromYear: settings.fromYear,
    maxVocab: settings.maxVocab ?? undefined,
  });
  let last: Record<string, number | string> = {};
  return {
    facts,
    async round() {
      const directory = temporaryFolder();
      const run = openRun({ directory, config: settings });
      try {
        const start = await startOf(settings);
        const began = performance.now();
        const trained = await train(run, settings, corpus, start, null, {
          checkpointEvery: 200,
          silent: true,
        });
        const training = performance.now() - began;
        const { pruned } = await finish(run, settings, corpus, trained, {
          history: start.history,
          teacher: null,
          // A process for each would take longer than a short training.
          verify: (run) => verifyRun(run, null),
        });
        last = { ...pruned.perplexity, units: pruned.sizes.join(', ') };
        return { training };
      } finally {
        run.close();
        removeFolder(directory);
      }
    },
    after: () => last,
  };
}
