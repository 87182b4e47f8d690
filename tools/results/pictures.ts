import { lineChart, normsChart } from '@secateur/app';
import {
  dropoutOf,
  dropoutSuffix,
  methodOf,
  unitsOf,
  type LanguageModelRun,
  type Method,
} from './language-models.ts';
import { patternPicture } from './pattern.ts';
import { tradeOff } from './trade-off.ts';
import { normsOf } from './training-history.ts';

type Pictures = Readonly<Record<string, string>>;

/** The trade-off of a Recurrent Highway Network. */
export const highwayPictures =
  (name: string) =>
  (runs: readonly LanguageModelRun[]): Pictures => ({
    [name]: tradeOff(runs, { name: 'width', size: ([width]) => width! }),
  });

/**
 * The pictures of the Penn Treebank, in files that begin with `name`: the trade-off, how components die, and what is left of a
 * matrix of the run with the lambda `shown`, if that was kept.
 */
export const paperPictures =
  (name: string, shown: number) =>
  (runs: readonly LanguageModelRun[]): Pictures => {
    // One that was not compacted is a control of one that was: it would draw the same lines twice.
    const compacted = runs.filter(({ result: { config } }) => config.compactEvery > 0);
    const by = (method: Method) => compacted.filter((run) => methodOf(run, runs) === method);
    const iss = by('ISS').length > 0 ? by('ISS') : by('ISS, proximal');
    const chosen = iss.find(({ result }) => result.lambda === shown) ?? iss[0];
    return {
      ...tradeOffs(name, runs),
      ...(iss.length > 0 && { [`${name}-living`]: living(iss) }),
      ...Object.fromEntries(
        [iss[0], chosen, iss.at(-1)].flatMap((run) =>
          run === undefined ? [] : [[`${name}-norms-${run.result.lambda}`, norms(run)]],
        ),
      ),
      ...(chosen?.result.pattern && {
        [`${name}-pattern`]: patternPicture(chosen.result.pattern),
      }),
    };
  };

/** Where some runs have dropout and others none, two pictures: they are two experiments, and in one their labels would touch. */
function tradeOffs(name: string, runs: readonly LanguageModelRun[]): Pictures {
  const draw = (shown: readonly LanguageModelRun[]): string =>
    tradeOff(runs, { name: 'units of both layers', size: unitsOf, shown });
  const dropping = runs.filter((run) => dropoutOf(run) > 0);
  if (dropping.length === 0 || dropping.length === runs.length) return { [name]: draw(runs) };
  return {
    [name]: draw(runs.filter((run) => dropoutOf(run) === 0)),
    [`${name}-dropout`]: draw(dropping),
  };
}

function living(runs: readonly LanguageModelRun[]): string {
  return lineChart({
    title: 'Living components of both layers',
    x: 'step',
    y: '',
    series: runs.map((run) => ({
      name: `λ = ${run.result.lambda}${dropoutSuffix(dropoutOf(run))}`,
      points: run.result.history!.snapshots.map(({ step, norms: all }) => [
        step,
        Object.values(all)
          .flatMap((text) => text.split(' '))
          .filter((norm) => norm !== '0').length,
      ]),
    })),
  });
}

function norms({ result: { lambda, history } }: LanguageModelRun): string {
  return normsChart({
    title: `Norms of the second layer's components, λ = ${lambda}`,
    steps: history!.snapshots.map(({ step }) => step),
    norms: normsOf(history!, 'h2'),
  });
}
