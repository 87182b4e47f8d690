import type { Network } from './network.ts';
import { rhnNetwork, type RhnSettings } from './rhn.ts';
import { stackedLstm, type StackedLstmSettings } from './stacked-lstm.ts';

/** The settings of a network, told apart by its cell. */
export type NetworkSettings =
  ({ readonly cell: 'lstm' } & StackedLstmSettings) | ({ readonly cell: 'rhn' } & RhnSettings);

/** The network that settings, or the architecture of a saved model, describe. */
export function networkOf(settings: NetworkSettings): Network {
  return settings.cell === 'lstm' ? stackedLstm(settings) : rhnNetwork(settings);
}
