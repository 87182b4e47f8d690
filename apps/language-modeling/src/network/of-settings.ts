import type { Layout } from '@secateur/groups';
import type { Settings } from '../settings.ts';
import type { LanguageModel } from './network.ts';
import { networkOf } from './networks.ts';
import { unitDims } from './stacked-lstm.ts';

/** The network that the settings describe, with its dropout. */
export const trainedNetwork = (settings: Settings): LanguageModel =>
  networkOf(settings.cell === 'lstm' ? { ...settings, layers: settings.hidden.length } : settings);

/** The layout of the network that the settings describe, before anything is removed. */
export function fullLayout(settings: Settings, vocab: number): Layout {
  const { net } = trainedNetwork(settings);
  if (settings.cell === 'rhn') return net.layout({ vocab, width: settings.width });
  const { hidden: units, embed } = settings;
  const hidden = unitDims(units.length).map((dim, k) => [dim, units[k]!] as const);
  return net.layout({ vocab, embed, ...Object.fromEntries(hidden) });
}
