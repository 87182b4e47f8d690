import {
  denseLayer,
  embeddingLayer,
  gruLayer,
  lstmLayer,
  rhnLayer,
  sequence,
  type Layer,
  type Network,
} from '@secateur/cells';
import type { Settings } from '../settings.ts';
import type { Task } from '../tasks/task.ts';

/** A network and the sizes of its dimensions. */
export interface Sized {
  readonly net: Network;
  readonly dims: Readonly<Record<string, number>>;
}

/** Recurrent layers that read symbols or numbers, and a dense one that answers. */
export function networkFor({ cell, layers, units }: Settings, task: Task): Sized {
  const hidden = Array.from({ length: layers }, (_, i) => `h${i + 1}`);
  const recurrent = hidden.map((dim, i): Layer => {
    const between = { input: i === 0 ? 'input' : hidden[i - 1]!, units: dim };
    if (cell === 'lstm') return lstmLayer(`lstm${i + 1}`, { ...between, forgetBias: 1 });
    // With the reset before the product it is a layer that plain TensorFlow.js has.
    if (cell === 'gru') return gruLayer(`gru${i + 1}`, { ...between, resetAfter: false });
    return rhnLayer(`rhn${i + 1}`, { ...between, depth: 2, transformBias: -1 });
  });
  const answer = denseLayer('answer', { input: hidden.at(-1)!, output: 'output' });
  const { symbols, width = 16, classes } = task;
  const table =
    symbols === undefined ? [] : [embeddingLayer('table', { vocab: 'symbols', width: 'input' })];
  return {
    net: sequence(...table, ...recurrent, answer),
    dims: {
      ...(symbols === undefined ? {} : { symbols: symbols.length }),
      input: width,
      ...Object.fromEntries(hidden.map((dim) => [dim, units])),
      output: classes?.length ?? 1,
    },
  };
}
