import type { SettingValue, TrialSpec } from '../../src/spec/trial-spec.ts';
import { memoryStore } from '../memory-store.ts';
import type { TrialStore } from '../../src/store/trial-store.ts';

const build = { arch: 'x64', simd: 'plain' };

/** A sweep as a language model's would be, in a store: 36 trials, of which 33 are done. */
export async function someSweep(): Promise<{ store: TrialStore; specs: TrialSpec[] }> {
  const store = memoryStore();
  const specs: TrialSpec[] = [];
  const write = (key: string, value: unknown): Promise<void> =>
    store.write(
      key,
      new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
    );
  const lambdas = [0.001, 0.002, 0.004, 0.00794328234724, 0.015, 0.03];
  for (const [i, lambda] of lambdas.entries()) {
    for (const dropout of [0.7, 0.9]) {
      for (const seed of [1, 2, 3]) {
        const spec = specOf({ lambda, dropout, seed });
        specs.push(spec);
        const noise = Math.sin(100 * lambda + 7 * seed + dropout);
        const prefix = `trials/${spec.id}/attempts/0001-aaaaaa/`;
        await write(`${prefix}began.json`, {});
        if (specs.length === 7) {
          const message = 'the loss of epoch 3 is NaN; lower the <b>learning rate</b>.';
          await write(`${prefix}ended.json`, { status: 'never', message, seconds: 300 });
          continue;
        }
        if (specs.length > 34) continue;
        const files = [];
        const report = `<!doctype html><title>run</title><h1>lambda ${lambda}, seed ${seed}</h1>`;
        for (const [path, content] of [
          ['report.html', report],
          ['result.json', '{}'],
        ] as const) {
          const key = `${prefix}files/${path}`;
          await write(key, content);
          files.push({ path, key, size: content.length, sha256: 'ab'.repeat(32) });
        }
        const result = {
          pruned: {
            macsPerWord: Math.round(662_000 * 0.62 ** i * (1 + 0.06 * noise) + 40_000),
            perplexity: {
              test:
                112 + 60 * lambda ** 0.5 * i + 6 * Math.abs(dropout - 0.7) * (5 - i) + 2 * noise,
            },
          },
        };
        await write(`${prefix}result.json`, { result, files, seconds: 1400 + 300 * noise, build });
      }
    }
  }
  return { store, specs };
}

function specOf(settings: Readonly<Record<string, SettingValue>>): TrialSpec {
  return {
    id: `quick-lambda-${Object.values(settings).join('-')}`,
    sweep: 'quick-lambda',
    command: ['train', '{run}'],
    settings,
    quality: { name: 'test perplexity', key: 'pruned.perplexity.test', better: 'lower' },
    work: { name: 'multiply-adds a word', key: 'pruned.macsPerWord' },
    retries: 5,
    versions: {},
  };
}
