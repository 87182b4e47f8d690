import { layers } from '@tensorflow/tfjs-layers';

// The default initialiser of recurrent kernels takes seconds.
const quick = { recurrentInitializer: 'glorotUniform' } as const;

type LstmArgs = Omit<Parameters<typeof layers.lstm>[0], 'recurrentInitializer'>;

/** An LSTM layer that starts quickly. */
export function lstm(args: LstmArgs): ReturnType<typeof layers.lstm> {
  return layers.lstm({ ...quick, ...args });
}

/** A bidirectional LSTM with a name of its own. */
export function bidirectional(
  name: string,
  args: LstmArgs,
  mergeMode: 'concat' | 'sum' | 'ave' | 'mul' = 'concat',
): ReturnType<typeof layers.bidirectional> {
  const { inputShape, ...inner } = args;
  const outer = inputShape === undefined ? {} : { inputShape };
  return layers.bidirectional({ name, layer: lstm(inner), mergeMode, ...outer });
}
