import { randomNumbers } from './random.ts';
import type { Batch, Task } from './task.ts';

/** The characters of a text, of which each is to be told from those before it. */
export function characterTask(text: string, seed: number): Task {
  return symbolTask([...text.replaceAll('\r', '')], Infinity, seed);
}

/** The words of a text, in lower case; all but the most frequent are one word, `…`. */
export function wordTask(text: string, seed: number): Task {
  return symbolTask(text.toLowerCase().match(/[a-z']+|[.,]/g) ?? [], 250, seed);
}

function symbolTask(text: readonly string[], most: number, seed: number): Task {
  const [rows, steps] = [16, 24];
  const counts = new Map<string, number>();
  for (const symbol of text) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most);
  const symbols = [...frequent.map(([symbol]) => symbol), ...(counts.size > most ? ['…'] : [])];
  const places = new Map(symbols.map((symbol, place) => [symbol, place]));
  const ids = Int32Array.from(text, (symbol) => places.get(symbol) ?? symbols.length - 1);
  // The last tenth is for validation.
  const border = Math.floor(0.9 * ids.length);
  if (ids.length - border <= steps) {
    throw new RangeError(
      `The text: expected at least ${10 * (steps + 1)} characters or words, found ${ids.length}; write or paste more.`,
    );
  }
  const batchAt = (part: Int32Array, start: (row: number) => number): Batch => {
    const [x, y] = [new Int32Array(rows * steps), new Int32Array(rows * steps)];
    for (let row = 0; row < rows; row++) {
      const at = start(row);
      x.set(part.subarray(at, at + steps), row * steps);
      y.set(part.subarray(at + 1, at + steps + 1), row * steps);
    }
    return { x, y };
  };
  const [train, rest] = [ids.subarray(0, border), ids.subarray(border)];
  return {
    ...{ symbols, classes: symbols, rows, steps },
    batch(step) {
      const random = randomNumbers(seed, step);
      return batchAt(train, () => Math.floor(random() * (train.length - steps)));
    },
    validation: batchAt(rest, (row) => Math.floor((row * (rest.length - steps - 1)) / rows)),
  };
}
