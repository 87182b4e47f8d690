import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../infer/networks.ts';

const kept = join(import.meta.dirname, '../../../docs/results/language-modeling');

/**
 * The networks of the kept runs on the Penn Treebank, each size once, the largest first: those that ISS found and the dense
 * ones beside them.
 */
export function foundNetworks(folder = kept): Network[] {
  const networks = readdirSync(folder)
    .filter((file) => /^small.*\.json$/.test(file))
    .map((file): Network => {
      const { config, pruned } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        config: { embed: number };
        pruned: { sizes: [number, number] };
      };
      return { input: config.embed, hidden: pruned.sizes };
    });
  const unique = [...new Map(networks.map((one) => [one.hidden.join(), one])).values()];
  const units = ({ hidden }: Network): number => hidden[0] + hidden[1];
  return unique.sort((a, b) => units(b) - units(a) || b.hidden[0] - a.hidden[0]);
}
