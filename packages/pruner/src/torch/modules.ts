/** One layer and direction of a recurrent module of PyTorch, by the end of its weights' names: `l0`, `l1_reverse`. */
export interface TorchDirection {
  readonly layer: number;
  readonly reverse: boolean;
  readonly suffix: string;
}

/** A recurrent module of PyTorch (`nn.LSTM`, `nn.GRU` or `nn.RNN`) in a state dict. */
export interface TorchModule {
  /** What stands before `weight_ih_l0`: nothing or a path that ends with a dot, such as `module.rnn.`. */
  readonly prefix: string;
  readonly directions: readonly TorchDirection[];
}

const firstWeight = /^((?:.*\.)?)weight_ih_(l(\d+)(_reverse)?)$/s;

/**
 * Finds the recurrent modules of a state dict by the names that PyTorch gives their weights.
 *
 * @example
 * ```ts
 * import { torchModules } from '@secateur/pruner';
 *
 * const [module] = torchModules(['rnn.weight_ih_l0', 'rnn.weight_ih_l0_reverse', 'head.weight']);
 * module?.prefix; // => 'rnn.'
 * module?.directions.map(({ suffix }) => suffix); // => ['l0', 'l0_reverse']
 * ```
 */
export function torchModules(names: readonly string[]): TorchModule[] {
  const modules = new Map<string, TorchDirection[]>();
  for (const name of names) {
    const match = firstWeight.exec(name);
    if (match === null) continue;
    const [, prefix, suffix, layer, reverse] = match as unknown as [string, ...string[]];
    const directions = modules.get(prefix!) ?? [];
    directions.push({ layer: Number(layer), reverse: reverse !== undefined, suffix: suffix! });
    modules.set(prefix!, directions);
  }
  return [...modules].map(([prefix, directions]) => ({ prefix, directions }));
}
