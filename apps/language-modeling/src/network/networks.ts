import type { LanguageModel } from './network.ts';
import { rhnNetwork, type RhnSettings } from './rhn.ts';
import { stackedLstm, unitDims, type StackedLstmSettings } from './stacked-lstm.ts';

/** The settings of a network, told apart by its cell. */
export type NetworkSettings =
  ({ readonly cell: 'lstm' } & StackedLstmSettings) | ({ readonly cell: 'rhn' } & RhnSettings);

/** The network that settings, or the architecture of a saved model, describe. */
export function networkOf(settings: NetworkSettings): LanguageModel {
  return settings.cell === 'lstm' ? stackedLstm(settings) : rhnNetwork(settings);
}

/** The names of the dimensions of that network. */
export const dimsOf = (settings: NetworkSettings): string[] =>
  settings.cell === 'lstm' ? ['vocab', 'embed', ...unitDims(settings.layers)] : ['vocab', 'width'];
