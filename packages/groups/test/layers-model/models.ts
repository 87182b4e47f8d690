import { layers } from '@tensorflow/tfjs-layers';

// The default initializer of recurrent kernels takes seconds.
const quick = { recurrentInitializer: 'glorotUniform' } as const;

type Args<Kind extends 'lstm' | 'gru' | 'simpleRNN'> = Omit<
  Parameters<(typeof layers)[Kind]>[0],
  'recurrentInitializer'
>;

/** An LSTM layer that starts quickly. */
export function lstm(args: Args<'lstm'>): ReturnType<typeof layers.lstm> {
  return layers.lstm({ ...quick, ...args });
}

/** A GRU layer that starts quickly. */
export function gru(args: Args<'gru'>): ReturnType<typeof layers.gru> {
  return layers.gru({ ...quick, ...args });
}

/** A simple recurrent layer that starts quickly. */
export function simpleRnn(args: Args<'simpleRNN'>): ReturnType<typeof layers.simpleRNN> {
  return layers.simpleRNN({ ...quick, ...args });
}

/** A bidirectional LSTM, or other recurrent layer, with a name of its own. */
export function bidirectional(
  name: string,
  args: Args<'lstm'>,
  mergeMode: 'concat' | 'sum' | 'ave' | 'mul' = 'concat',
  make: (args: Args<'lstm'>) => ReturnType<typeof layers.lstm | typeof layers.gru> = lstm,
): ReturnType<typeof layers.bidirectional> {
  const { inputShape, ...inner } = args;
  const outer = inputShape === undefined ? {} : { inputShape };
  return layers.bidirectional({ name, layer: make(inner), mergeMode, ...outer });
}
