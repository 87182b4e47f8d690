import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lstms, PAPER_PASS, passName, tableOne, type StackedNetwork } from './stacked.ts';
import { root } from '../../root.ts';

const kept = join(root, 'docs/results/language-modeling');

/** Presets whose networks were trained on the Penn Treebank; the files of their runs begin with these names. */
export const kinds = ['small', 'medium'] as const;

/** See {@link kinds}. */
export type Kind = (typeof kinds)[number];

/**
 * The networks of the kept runs of one kind on the Penn Treebank, each size once, the largest first: those that ISS found and
 * the dense ones beside them.
 */
export function keptNetworks(kind: Kind, folder = kept): StackedNetwork[] {
  return networksOf(kind, kind, folder);
}

/** The networks of the paper's Table 1, and those that a budget found at its sizes. */
export function largeNetworks(folder = kept): StackedNetwork[] {
  const known = new Set(tableOne.map(({ name }) => name));
  return [
    ...tableOne,
    ...networksOf('large-', undefined, folder).filter(({ name }) => !known.has(name)),
  ];
}

/** The networks of the kept runs whose names begin with `start`, each size once, the largest first. */
function networksOf(start: string, kind: Kind | undefined, folder: string): StackedNetwork[] {
  const networks = readdirSync(folder)
    .filter((file) => file.startsWith(start) && file.endsWith('.json'))
    .sort()
    .map((file) => {
      const { config, pruned } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        config: { embed: number };
        pruned: { sizes: [number, number] };
      };
      return lstms(config.embed, pruned.sizes, kind);
    });
  const unique = [...new Map(networks.map((one) => [one.name, one])).values()];
  const units = ({ hidden }: StackedNetwork): number => hidden[0]! + hidden[1]!;
  return unique.sort((a, b) => units(b) - units(a) || b.hidden[0]! - a.hidden[0]!);
}

/** The cases of one kind in the paper's pass, each once, the largest network first, as they were measured. */
export function casesOfKind(
  measurements: readonly { readonly case: string }[],
  kind: Kind,
): string[] {
  const names = new Set(measurements.map((one) => one.case));
  const ending = passName('', PAPER_PASS);
  return [...names].filter((name) => name.startsWith(`${kind} `) && name.endsWith(ending));
}
